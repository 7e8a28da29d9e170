// Ports: what of the operating system processes of the language talk to: programs (programs.hpp), sockets (sockets.hpp).
//
// A port is a term of its own kind and takes signals as a process does: messages of the port protocol ({owner, {:command, data}},
// {owner, :close}, {owner, {:connect, pid}}), links, monitors, exits. They come through Vm::port_hook on the sender's thread, and act
// at once. What the operating system has to tell comes on the event loop's thread (event_loop.hpp).
//
// Life of a port: a process opens it and is its owner, linked to it -> it is closed by anybody, by its other side, or by the end
// of a linked process (finish) -> links hear {:EXIT, port, reason}, monitors :DOWN, and nobody finds it in the table any more. The object
// lives until the loop has let go of it.
//
// Each port has a mutex, which guards all its members but `term` and `vm`. Signals and messages to processes are sent while it is held, so
// that their order is that of the events. Sending may come back to a port: a signal to a process that is gone is answered, and the host's callbacks
// send what they like. What is sent to a port by a thread that holds a port's mutex is therefore acted upon later, by the loop. Order of locks: a
// port's, then the table's.
#pragma once
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/io/event_loop.hpp"
#include "vm/process/vm.hpp"

namespace phial {

/// The mutex of a port.
class PortMutex {
 public:
  void lock() {
    mutex_.lock();
    held_++;
  }
  void unlock() {
    held_--;
    mutex_.unlock();
  }
  /// Whether this thread holds any.
  static bool held_here() { return held_ > 0; }

 private:
  std::mutex mutex_;
  static inline thread_local int held_ = 0;
};

class Port : public Watched {
 public:
  explicit Port(Vm& of) : vm(of) {}
  Vm& vm;
  Term term = Term::nil();
  PortMutex mutex;

  // -- under the mutex
  Term owner = Term::nil();
  std::vector<Term> links;
  std::vector<std::pair<Term, Word>> watchers;  // pid, reference
  uint64_t input = 0, output = 0;               // bytes
  bool closed = false;

  enum class Command : uint8_t {
    done,
    waits,    // taken, and the queue is long: the process that sent it goes on when it hears a reply signal with its reference
    refused,  // this port takes none, or not this
    busy,     // not taken
  };
  /// What to do when the queue is long.
  enum class WhenBusy : uint8_t { wait, enqueue, refuse };
  /// Bytes from process `from`, which is none() when it cannot wait.
  virtual Command command(std::string_view bytes, WhenBusy when_busy, Term from, Word reference) = 0;
  virtual std::string name() const = 0;
  virtual int64_t os_pid() const { return -1; }  // -1: it has none
  virtual size_t queued() const = 0;             // bytes
  /// Ends the port: it leaves the table, lets its descriptors go, and tells links and monitors.
  void finish(Term reason);

  /// Sends a message, unless the VM stops.
  void send(Term to, Term message) {
    if (!vm.stopping.load(std::memory_order_relaxed)) vm.send(to, message);
  }
  void add_link(Term pid);

 protected:
  /// Lets go of what it holds of the operating system. Once, under the mutex.
  virtual void let_go() = 0;
};

using PortPtr = std::shared_ptr<Port>;

class PortTable {
 public:
  /// Gives the port its term and an owner, whose own side of the link is the caller's business. Any thread.
  Term add(Vm& vm, PortPtr port, Term owner);
  /// Null: no such port, or it has ended. Any thread.
  PortPtr find(Term term);
  /// Takes a port that ends out; what it has read and written counts on.
  void remove(const Port& port);
  std::vector<Term> all();
  size_t count();
  /// Bytes read and written by all ports that are or were open.
  std::pair<uint64_t, uint64_t> transferred();

  /// Ends the port with this reason. False: no such port.
  bool close(Term port, Term reason);
  /// Makes a process the owner, and links it.
  bool connect(Term port, Term new_owner);

  struct Info {
    std::string name;
    Term owner;
    std::vector<Term> links, watchers;
    uint64_t input, output, queued;
    int64_t os_pid;
  };
  bool info(Term port, Info& info);

 private:
  bool take_signal(Vm& vm, Term term, Signal* signal);
  std::shared_mutex mutex_;
  std::unordered_map<Word, PortPtr> ports_;  // by the word of the term
  uint64_t next_number_ = 1;
  uint64_t past_input_ = 0, past_output_ = 0;  // bytes of ports that have ended
};

}  // namespace phial
