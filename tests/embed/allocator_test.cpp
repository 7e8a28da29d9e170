// Memory: the host's own functions, and that libphial leaves the host's malloc alone. A program of its own, as the functions are set before anything else.
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>

#include "support.hpp"

namespace {

std::atomic<int64_t> allocations{0}, alive{0};

void* allocate(size_t bytes) {
  allocations++;
  alive++;
  return std::malloc(bytes);
}
void* reallocate(void* block, size_t bytes) {
  if (!block) alive++;
  return std::realloc(block, bytes);
}
void give_back(void* block) {
  if (block) alive--;
  std::free(block);
}

TEST(Allocator, serves_everything_from_the_first_vm_on) {
  phial_allocator allocator{sizeof(phial_allocator), allocate, reallocate, give_back};
  phial_allocator incomplete{sizeof(phial_allocator), allocate, nullptr, give_back};
  EXPECT_FALSE(phial_set_allocator(nullptr));
  EXPECT_FALSE(phial_set_allocator(&incomplete));
  ASSERT_TRUE(phial_set_allocator(&allocator));
  phial_config config;
  phial_config_init(&config);
  config.schedulers = 1;
  std::vector<int64_t> left;  // atoms, and what is kept for the next VM
  for (int round = 0; round < 6; round++) {
    phial_vm* vm = phial_vm_create(&config);
    ASSERT_NE(vm, nullptr) << phial_create_error();
    EXPECT_EQ(test::told(phial_eval(vm, "Enum.map(1..1000, &spawn(fn -> &1 end)) |> length()", "test")), "ok: 1000");
    phial_vm_destroy(vm);
    left.push_back(alive);
  }
  EXPECT_GT(allocations, 6000);
  EXPECT_LT(left.back() - left[1], 1000);
  EXPECT_FALSE(phial_set_allocator(&allocator));
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
TEST(Allocator, malloc_stays_the_hosts) {
  for (const char* name : {"malloc", "free", "_Znwm"}) {
    void* function = dlsym(RTLD_DEFAULT, name);
    Dl_info info{};
    ASSERT_NE(dladdr(function, &info), 0);
    EXPECT_EQ(std::string(info.dli_fname).find("mimalloc"), std::string::npos) << name << " is in " << info.dli_fname;
  }
}
#endif

}  // namespace
