// Expansion without a process: special forms, scopes, hygiene and errors. Macros are tested in tests/language, where they can run.
#include <gtest/gtest.h>

#include "compiler/expand/expander.hpp"
#include "compiler/expand/module_draft.hpp"
#include "compiler/syntax/parser.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {
namespace {

/// A host without modules: nothing can be called.
struct LonelyHost final : ExpansionHost {
  Term call(Term, Term, std::span<const Term>) override { return Term::none(); }
  Term call_fun(Term, std::span<const Term>) override { return Term::none(); }
  Term load_module(ModuleDefinition&) override { return Term::none(); }
  Term load_unit(ModuleDefinition&) override { return Term::none(); }
  void unload_unit(Term) override {}
  bool ensure_loaded(Term) override { return false; }
  bool is_coming(Term) override { return false; }
  bool exports(Term, Term, unsigned) override { return false; }
  bool is_native(Term, Term, unsigned) override { return false; }
  Terms exports_of(Term) override { return {}; }
  bool tick() override { return true; }
  void diagnose(diagnostics::Diagnostic diagnostic) override { diagnostics.push_back(std::move(diagnostic)); }
  std::string redefines(Term) override { return {}; }
  std::string shown_path(const std::string& path) override { return path; }
  DraftOwner draft_owner() const override { return {this, 0}; }
  void depends_on(Term, DependencyKind) override {}
  bool announce(Term, Term) override { return true; }
  bool run_on_load(Term, Term) override { return true; }
  void* session_key() override { return this; }
  size_t error_count() const override {
    size_t count = 0;
    for (const auto& item : diagnostics) count += item.severity == diagnostics::Severity::error;
    return count;
  }
  std::vector<diagnostics::Diagnostic> diagnostics;
};

class Expansion : public testing::Test {
 protected:
  Arena arena;
  LonelyHost host;

  Term parse(std::string_view source) {
    syntax::ParseResult result = syntax::parse(arena, source);
    EXPECT_TRUE(result.ok) << source;
    return result.ast;
  }
  Term expand(std::string_view source, ExpanderOptions options = {}) {
    expander = std::make_unique<Expander>(arena, host, options);
    expander->env.file = make_binary(arena, "nofile");
    return expander->expand(parse(source));
  }
  /// The expanded form without metadata, as a tree of forms.
  std::string text(Term term) {
    if (term.is_cons() && is_call(term.head(), atoms::pipe, 2) == false) {
      std::string out = "[";
      for (Term rest = term; rest.is_cons(); rest = rest.tail()) out += (rest == term ? "" : ", ") + text(rest.head());
      return out + "]";
    }
    if (is_variable(term)) {
      Term version = keyword_get(meta_of(term), atoms::version);
      return std::string(atom_text(form_of(term))) + (version.is_none() ? "" : "@" + std::to_string(version.small_value()));
    }
    if (term.is_tuple(2)) return "{" + text(term.element(0)) + ", " + text(term.element(1)) + "}";
    if (is_node(term)) return "(" + text(form_of(term)) + " " + text(arguments_of(term)) + ")";
    return print_term(term);
  }
  std::string first_message() { return host.diagnostics.empty() ? "" : host.diagnostics[0].message; }
  std::unique_ptr<Expander> expander;
};

TEST_F(Expansion, GivesEveryBindingItsOwnVersion) {
  EXPECT_EQ(text(expand("x = 1\nx = x\nx")), "(:__block__ [(:= [x@0, 1]), (:= [x@1, x@0]), x@1])");
}

TEST_F(Expansion, BindsARepeatedVariableOfAPatternOnce) {
  EXPECT_EQ(text(expand("{x, x} = {1, 1}")), "(:= [{x@0, x@0}, {1, 1}])");
}

TEST_F(Expansion, ReadsPinsFromBeforeThePattern) {
  EXPECT_EQ(text(expand("x = 1\n{x, ^x} = {2, 1}")), "(:__block__ [(:= [x@0, 1]), (:= [{x@1, (:^ [x@0])}, {2, 1}])])");
}

TEST_F(Expansion, DoesNotShowArgumentsEachOthersBindings) {
  expand("{x = 1, x}");
  EXPECT_EQ(first_message(), "undefined variable \"x\"");
}

TEST_F(Expansion, EndsAScopeWithItsClause) {
  expand("case 1 do\n  y -> y\nend\ny");
  EXPECT_EQ(first_message(), "undefined variable \"y\"");
}

TEST_F(Expansion, LeaksVariablesOfBranchesInLegacyMode) {
  ExpanderOptions options;
  options.legacy = true;
  expand("case 1 do\n  1 -> y = 2\nend\ny", options);
  EXPECT_EQ(first_message(), "");
}

TEST_F(Expansion, ResolvesAliases) {
  EXPECT_EQ(text(expand("alias Foo.Bar\nBar.Baz.f()")), "((:. [Foo.Bar.Baz, :f]) [])");
}

TEST_F(Expansion, QuotesVariablesWithTheirContext) {
  EXPECT_EQ(text(expand("quote do: x")), "(:{} [:x, [], Elixir])");
}

TEST_F(Expansion, UnquotesAndSplices) {
  EXPECT_EQ(text(expand("quote do: {unquote(1), [unquote_splicing([2, 3])]}")), "{1, [2, 3]}");
}

TEST_F(Expansion, TurnsPlaceholdersIntoParameters) {
  EXPECT_EQ(text(expand("&{&1, &2}")), "(:fn [(:\"->\" [[&1@0, &2@1], {&1@0, &2@1}])])");
}

TEST_F(Expansion, RefusesSkippedPlaceholders) {
  EXPECT_TRUE(expand("&{&2}").is_none());
  EXPECT_EQ(first_message(), "capture argument &2 cannot be defined without &1 (you cannot skip arguments)");
}

TEST_F(Expansion, SpellsOutBitSegments) {
  EXPECT_EQ(text(expand("<<a::16-little>> = <<1>>")),
            "(:= [(:<<>> [(::: [a@0, (:segment [:integer, 16, 1, :unsigned, :little])])]), "
            "(:<<>> [(::: [1, (:segment [:integer, 8, 1, :unsigned, :big])])])])");
}

TEST_F(Expansion, FoldsLiteralBinaries) { EXPECT_EQ(text(expand("<<\"ab\", \"cd\">>")), "\"abcd\""); }

TEST_F(Expansion, RefusesClausesOfDifferentArities) {
  EXPECT_TRUE(expand("fn 1 -> 1; 1, 2 -> 2 end").is_none());
  EXPECT_EQ(first_message(), "cannot mix clauses with different arities in anonymous functions");
}

TEST_F(Expansion, RefusesVariablesAsKeysOfMapPatterns) {
  EXPECT_TRUE(expand("%{a => 1} = %{}").is_none());
  EXPECT_NE(first_message().find("cannot use variable a as map key inside a pattern"), std::string::npos);
}

TEST_F(Expansion, WarnsOfVariablesThatAreNeverRead) {
  expand("fn a -> 1 end");
  expander->warn_unused_variables();
  EXPECT_EQ(first_message(), "variable \"a\" is unused (if the variable is not meant to be used, prefix it with an underscore)");
}

TEST_F(Expansion, FindsUnquoteFragmentsOutsideOfQuotes) {
  EXPECT_TRUE(has_unquotes(parse("f(unquote(x))")));
  EXPECT_FALSE(has_unquotes(parse("quote do: unquote(x)")));
  EXPECT_TRUE(has_unquotes(parse("quote do: unquote(unquote(x))")));
}

}  // namespace
}  // namespace phial::compiler
