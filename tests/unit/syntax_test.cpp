// The front end: recorded quoted terms of Elixir (tests/syntax/cases), and by hand what is new in 1.18, what errors and
// warnings say, what options do.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/syntax/tokenizer.hpp"
#include "tests/unit/syntax_dump.hpp"

namespace phial::syntax {
namespace {

using testing::dump;
using testing::dump_result;

std::string cases_folder() { return std::string(PHIAL_SOURCE_DIR) + "/tests/syntax/cases/"; }

std::set<std::string> exceptions() {
  std::set<std::string> found;
  std::ifstream in(cases_folder() + "exceptions.txt");
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') found.insert(line);
  return found;
}

/// Reparses every source of a case file and compares with what is recorded.
void expect_recorded(const std::string& name, size_t at_least) {
  std::ifstream in(cases_folder() + name);
  ASSERT_TRUE(in.is_open()) << name;
  std::set<std::string> skipped = exceptions();
  std::string line, expected;
  size_t count = 0, failures = 0;
  while (std::getline(in, line) && std::getline(in, expected)) {
    count++;
    if (skipped.count(line.substr(2))) continue;
    std::string source = testing::unescape(line.substr(2));
    ParseOptions options;
    options.columns = true;
    options.token_metadata = line[0] == 'T';
    Arena arena;
    std::string got = dump_result(parse(arena, source, options));
    if (got != expected && ++failures <= 10) ADD_FAILURE() << source << "\n  recorded " << expected << "\n  got      " << got;
  }
  EXPECT_GE(count, at_least);
  EXPECT_EQ(failures, 0u);
}

TEST(RecordedSyntax, HandwrittenCases) { expect_recorded("handwritten.txt", 1500); }
TEST(RecordedSyntax, OperatorPairs) { expect_recorded("operators.txt", 2900); }
TEST(RecordedSyntax, DocumentationExamples) { expect_recorded("examples.txt", 2800); }
TEST(RecordedSyntax, RandomTokens) { expect_recorded("random.txt", 2900); }

std::string quoted(std::string_view source, ParseOptions options = {}) {
  Arena arena;
  ParseResult result = parse(arena, source, options);
  if (!result.ok) return dump_result(result);
  std::string out;
  dump(result.ast, out);
  return out;
}

/// With token metadata, and all of it.
std::string with_tokens(std::string_view source) {
  Arena arena;
  ParseOptions options;
  options.token_metadata = true;
  ParseResult result = parse(arena, source, options);
  std::string out;
  if (result.ok) dump(result.ast, out, /*with_newer=*/true);
  return out;
}

ParseResult failed(std::string_view source) {
  static Arena arena;
  return parse(arena, source, {});
}

TEST(Metadata, HasOnlyLinesByDefault) {
  EXPECT_EQ(quoted("foo(1)"), "{'foo' [{'line' 1}] [1]}");
  EXPECT_EQ(quoted("\n\na.b"), "{{'.' [{'line' 3}] [{'a' [{'line' 3}] 'nil'} 'b']} [{'no_parens' 'true'} {'line' 3}] []}");
}

TEST(Metadata, StartsWhereTheOptionsSay) {
  ParseOptions options;
  options.line = 7;
  options.column = 5;
  options.columns = true;
  EXPECT_EQ(quoted("a\nb", options),
            "{'__block__' [] [{'a' [{'line' 7} {'column' 5}] 'nil'} {'b' [{'line' 8} {'column' 1}] 'nil'}]}");
}

TEST(Metadata, NamesParenthesesAroundOneExpression) {
  EXPECT_EQ(with_tokens("(a)"), "{'a' [{'parens' [{'line' 1} {'closing' [{'line' 1}]}]} {'line' 1}] 'nil'}");
  EXPECT_EQ(with_tokens("1 + (\n2 + 3\n)"),
            "{'+' [{'line' 1}] [1 {'+' [{'parens' [{'line' 1} {'closing' [{'line' 3}]}]} {'line' 2}] [2 3]}]}");
  EXPECT_EQ(quoted("(a)"), "{'a' [{'line' 1}] 'nil'}");
}

TEST(Metadata, MarksReadsWithBrackets) {
  EXPECT_EQ(quoted("a[1]"),
            "{{'.' [{'from_brackets' 'true'} {'line' 1}] ['Elixir.Access' 'get']} [{'from_brackets' 'true'} {'line' 1}] "
            "[{'a' [{'line' 1}] 'nil'} 1]}");
}

TEST(Metadata, NamesTheOperatorNotIn) {
  EXPECT_EQ(
      with_tokens("[a not in b]"),
      "[{'not' [{'operator' 'not%20in'} {'line' 1}] [{'in' [{'line' 1}] [{'a' [{'line' 1}] 'nil'} {'b' [{'line' 1}] 'nil'}]}]}]");
}

TEST(Ellipsis, IsAnOperatorOfNoneOrOneOperand) {
  EXPECT_EQ(quoted("..."), "{'...' [{'line' 1}] []}");
  EXPECT_EQ(quoted("...a"), "{'...' [{'line' 1}] [{'a' [{'line' 1}] 'nil'}]}");
  EXPECT_EQ(quoted("...[1]"), "{'...' [{'line' 1}] [[1]]}");
  EXPECT_EQ(quoted("... + 1"), "{'...' [{'line' 1}] [{'+' [{'line' 1}] [1]}]}");
  EXPECT_EQ(quoted("(... -> a)"), "[{'->' [{'line' 1}] [[{'...' [{'line' 1}] []}] {'a' [{'line' 1}] 'nil'}]}]");
  EXPECT_EQ(quoted("[a, ...]"), "[{'a' [{'line' 1}] 'nil'} {'...' [{'line' 1}] []}]");
}

TEST(Sigils, MayHaveNamesOfSeveralUpperCaseLettersAndDigits) {
  EXPECT_EQ(quoted("~AB(c)"), "{'sigil_AB' [{'delimiter' \"(\"} {'line' 1}] [{'<<>>' [{'line' 1}] [\"c\"]} []]}");
  EXPECT_EQ(quoted("~X1{a}z"), "{'sigil_X1' [{'delimiter' \"{\"} {'line' 1}] [{'<<>>' [{'line' 1}] [\"a\"]} [122]]}");
  EXPECT_EQ(failed("~ab(c)").error.token, "~ab");
}

/// Cuts, doubles and swaps pieces of the recorded sources: whatever comes out is a term or an error with a place in the source.
TEST(Errors, HaveAPlaceForAnyInput) {
  std::ifstream in(cases_folder() + "handwritten.txt");
  std::string all, line;
  while (std::getline(in, line))
    if (line.starts_with("C ")) all += testing::unescape(line.substr(2)) + "\n";
  ASSERT_GT(all.size(), 10000u);
  uint64_t state = 88172645463325252u;
  auto random = [&](size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<size_t>(state % below);
  };
  for (int round = 0; round < 20000; round++) {
    std::string source = all.substr(random(all.size()), 1 + random(80));
    for (size_t edits = random(4); edits > 0 && !source.empty(); edits--) {
      size_t at = random(source.size());
      switch (random(3)) {
        case 0: source.erase(at, 1 + random(4)); break;
        case 1: source.insert(at, all.substr(random(all.size()), 1 + random(6))); break;
        default: source[at] = static_cast<char>(random(256));
      }
    }
    Arena arena;
    ParseOptions options;
    options.columns = options.token_metadata = round % 2 == 0;
    ParseResult result = parse(arena, source, options);
    if (result.ok) continue;
    size_t lines = 1;
    for (char c : source) lines += c == '\n';
    EXPECT_GE(result.error.line, 1u) << source;
    EXPECT_LE(result.error.line, lines) << source;
    EXPECT_GE(result.error.column, 1u) << source;
    EXPECT_FALSE(result.error.description().empty()) << source;
    EXPECT_FALSE(render_error(result.error, source, "nofile").empty());
  }
}

TEST(Errors, NameBothEndsOfAMismatch) {
  ParseResult result = failed("[a,\n b)");
  EXPECT_EQ(result.error.kind, SourceError::Kind::mismatched_delimiter);
  EXPECT_EQ(result.error.line, 1u);
  EXPECT_EQ(result.error.column, 1u);
  EXPECT_EQ(result.error.end_line, 2u);
  EXPECT_EQ(result.error.end_column, 3u);
  EXPECT_EQ(result.error.opening_delimiter, "[");
  EXPECT_EQ(result.error.expected_delimiter, "]");
  EXPECT_EQ(result.error.closing_delimiter, ")");
  EXPECT_FALSE(is_incomplete(result));
}

TEST(Errors, AreIncompleteWhereMoreInputCouldMend) {
  for (const char* source : {"foo(", "[1,", "\"abc", "if true do", "fn x ->", "1 +", "a =", "\"\"\"\nabc", "~s(a", "%{a:\n",
                             "\"#{a", "x |>", "case a do\n  b ->", "foo(fn ->\n", "not", "@", "'a", "a."})
    EXPECT_TRUE(is_incomplete(failed(source))) << source;
  for (const char* source : {"foo)", "[1)", "end", "1a", "a b c d e: )", "foo 1 2", "%{1}", "?"})
    EXPECT_FALSE(is_incomplete(failed(source))) << source;
}

TEST(Errors, PointToTheDoThatProbablyLacksItsEnd) {
  ParseResult result = failed("defmodule A do\n  def b do\n    if c do\n      d\n  end\nend\n");
  EXPECT_EQ(result.error.kind, SourceError::Kind::token_missing);
  EXPECT_NE(result.error.description().find("hint: it looks like the \"do\" on line 3 does not have a matching \"end\""),
            std::string::npos)
      << result.error.description();
}

TEST(Errors, RefuseNestingThatIsTooDeep) {
  for (const char* piece : {"(", "[", "{", "foo(", "%{a: ", "-", "a ++ ", "fn -> ", "\"#{", "a.{", "not ", "@", "%-", "foo ",
                            "a[", "a do ", "%{a | b: "}) {
    std::string source;
    for (int i = 0; i < 100000; i++) source += piece;
    ParseResult result = failed(source + "1");
    EXPECT_FALSE(result.ok) << piece;
  }
  std::string chain = "1";
  for (int i = 0; i < 100000; i++) chain += " + 1";
  EXPECT_TRUE(failed(chain).ok);
}

TEST(Errors, ReadAsElixirPrintsThem) {
  auto text = [](std::string_view source) {
    ParseResult result = failed(source);
    return "** (" + std::string(exception_name(result.error.kind)) + ") " + render_error(result.error, source, "nofile");
  };
  EXPECT_EQ(
      text("foo)"),
      "** (SyntaxError) invalid syntax found on nofile:1:4:\n    error: unexpected token: )\n    │\n  1 │ foo)\n    │    ^\n"
      "    │\n    └─ nofile:1:4");
  EXPECT_EQ(
      text("[1, 2)"),
      "** (MismatchedDelimiterError) mismatched delimiter found on nofile:1:6:\n    error: unexpected token: )\n    │\n  1 │ "
      "[1, 2)\n    │ │    └ mismatched closing delimiter (expected \"]\")\n    │ └ unclosed delimiter\n    │\n    └─ nofile:1:6");
  EXPECT_EQ(
      text("x = [1, 2"),
      "** (TokenMissingError) token missing on nofile:1:10:\n    error: missing terminator: ]\n    │\n  1 │ x = [1, 2\n"
      "    │     │    └ missing closing delimiter (expected \"]\")\n    │     └ unclosed delimiter\n    │\n    └─ nofile:1:10");
  EXPECT_EQ(
      text("1 +"),
      "** (TokenMissingError) token missing on nofile:1:3:\n    error: syntax error: expression is incomplete\n    │\n  1 │ 1 +\n"
      "    │   ^\n    │\n    └─ nofile:1:3");
}

TEST(Warnings, AreGivenForDoubtfulSource) {
  auto warning = [](std::string_view source) {
    static Arena arena;
    ParseResult result = parse(arena, source, {});
    return result.warnings.empty() ? std::string() : result.warnings[0].message.substr(0, 40);
  };
  EXPECT_EQ(warning("not a in b"), "\"not expr1 in expr2\" is deprecated, use ");
  EXPECT_EQ(warning("foo ()"), "invalid expression (). If you want to in");
  EXPECT_EQ(warning("fn -> end"), "an expression is always required on the ");
  EXPECT_EQ(warning("[\"a\": 1]"), "found quoted keyword \"a\" but the quotes ");
  EXPECT_EQ(warning(":\"a\""), "found quoted atom \"a\" but the quotes are");
  EXPECT_EQ(warning("a.\"b\"()"), "found quoted call \"b\" but the quotes are");
  EXPECT_EQ(warning("foo(a: 1,)"), "trailing commas are not allowed inside f");
  EXPECT_EQ(warning("a |> b 1"), "parentheses are required when piping int");
  EXPECT_EQ(warning("'a'"), "using single-quoted strings to represent");
  EXPECT_EQ(warning("? "), "found ? followed by code point 0x20 (spa");
  EXPECT_EQ(warning("a!=b"), "found identifier \"a!\", ending with \"!\", ");
  EXPECT_EQ(warning("\"\"\"\n  a\n b\n  \"\"\""), "outdented heredoc line. The contents ins");
  EXPECT_EQ(warning("foo(a: 1)"), "");
  EXPECT_EQ(warning("a |> b(1) |> c.d(e)"), "");
}

TEST(Options, EncodeLiterals) {
  ParseOptions options;
  options.literal_encoder.call = [](void*, TermHeap& heap, Term value, Term metadata, std::string&) {
    return make_tuple(heap, {intern_atom("literal"), metadata, value});
  };
  EXPECT_EQ(quoted("1_0", options), "{'literal' [{'token' \"1_0\"} {'line' 1}] 10}");
  EXPECT_EQ(quoted("[a: :b]", options),
            "{'literal' [{'line' 1}] [{{'literal' [{'format' 'keyword'} {'line' 1}] 'a'} {'literal' [{'line' 1}] 'b'}}]}");
  EXPECT_EQ(quoted("&1", options), "{'&' [{'line' 1}] [1]}");
  options.literal_encoder.call = [](void*, TermHeap&, Term, Term, std::string& error) {
    error = "no literals";
    return Term::none();
  };
  EXPECT_EQ(quoted("a + 1", options), "error 1:5 \"no%20literals\" \"\"");
}

TEST(Options, EncodeAtoms) {
  ParseOptions options;
  options.static_atoms_encoder.call = [](void*, TermHeap& heap, Term text, Term, std::string&) {
    return make_tuple(heap, {intern_atom("atom"), text});
  };
  EXPECT_EQ(quoted("foo(:bar)", options), "{{'atom' \"foo\"} [{'line' 1}] [{'atom' \"bar\"}]}");
  EXPECT_EQ(quoted("foo", options), "{{'atom' \"foo\"} [{'line' 1}] 'nil'}");
  EXPECT_EQ(quoted("true", options), "'true'");
}

TEST(Options, CollectComments) {
  Arena arena;
  ParseOptions options;
  options.comments = true;
  ParseResult result = parse(arena, "a # b\n\n # c\nfoo(1, # d\n  2)", options);
  ASSERT_TRUE(result.ok);
  ASSERT_EQ(result.comments.size(), 3u);
  EXPECT_EQ(result.comments[0].text, "# b");
  EXPECT_EQ(result.comments[0].previous_eol_count, 0u);
  EXPECT_EQ(result.comments[0].next_eol_count, 2u);
  EXPECT_EQ(result.comments[1].line, 3u);
  EXPECT_EQ(result.comments[1].column, 2u);
  EXPECT_EQ(result.comments[1].previous_eol_count, 2u);
  EXPECT_EQ(result.comments[1].next_eol_count, 1u);
  EXPECT_EQ(result.comments[2].text, "# d");
  EXPECT_EQ(result.comments[2].previous_eol_count, 0u);
}

TEST(Options, MakeNoNewAtoms) {
  ParseOptions options;
  options.existing_atoms_only = true;
  EXPECT_EQ(quoted("an_atom_that_nobody_made_before_this_test", options),
            "error 1:1 \"unsafe%20atom%20does%20not%20exist:%20\" \"an_atom_that_nobody_made_before_this_test\"");
  EXPECT_EQ(quoted(":ok", options), "'ok'");
}

TEST(Options, LeaveEscapes) {
  ParseOptions options;
  options.unescape = false;
  EXPECT_EQ(quoted("\"a\\n\"", options), "\"a%5Cn\"");
}

TEST(Tokens, HighlightUnfinishedInput) {
  TokenStream stream;
  TokenizeOptions options;
  options.lenient = true;
  tokenize("foo(\"a\", [1 ~ end", options, stream);
  ASSERT_GE(stream.tokens.size(), 6u);
  EXPECT_EQ(stream.tokens[0].kind, TokenKind::paren_identifier);
  EXPECT_EQ(stream.tokens[2].kind, TokenKind::string);
  EXPECT_EQ(stream.tokens[2].view(), "\"a\"");
  EXPECT_EQ(stream.tokens[stream.tokens.size() - 2].kind, TokenKind::keyword_end);
}

TEST(Tokens, OfUnfinishedTextReachItsEnd) {
  for (const char* source : {"x = \"abc", "\"a#{b", "~s(abc", "\"\"\"\nabc", ":\"a", "'a", "a.\"b"}) {
    TokenStream stream;
    TokenizeOptions options;
    options.lenient = true;
    tokenize(source, options, stream);
    EXPECT_EQ(stream.tokens.back().kind, TokenKind::end_of_input) << source;
    for (const Token& token : stream.tokens)
      if (is_quoted(token.kind)) {
        EXPECT_GT(token.length, 0u) << source;
        EXPECT_GT(stream.quotes[token.extra].next_token, 0u) << source;
      }
  }
}

TEST(Numbers, OfAnySizeKeepTheirValue) {
  EXPECT_EQ(quoted("0xFFFF_FFFF_FFFF_FFFF_F"), "295147905179352825855");
  EXPECT_EQ(quoted("-1152921504606846976"), "{'-' [{'line' 1}] [1152921504606846976]}");
  EXPECT_EQ(quoted("1.0e400"), "error 1:1 \"invalid%20float%20number%20\" \"1.0e400\"");
}

}  // namespace
}  // namespace phial::syntax

namespace phial::diagnostics {
namespace {

TEST(Diagnostics, ShowTheSourceLineWithAMark) {
  Diagnostic diagnostic;
  diagnostic.message = "undefined variable \"foo\"";
  diagnostic.place = {1, 5};
  diagnostic.span = 3;
  diagnostic.context = "A.b/0";
  EXPECT_EQ(render(diagnostic, {.source = "x = foo"}),
            "    error: undefined variable \"foo\"\n    │\n  1 │ x = foo\n    │     ^^^\n    │\n    └─ nofile:1:5: A.b/0");
}

TEST(Diagnostics, MarkTheWholeLineWithoutAColumn) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::warning;
  diagnostic.message = "careful";
  diagnostic.place = {2, 0};
  EXPECT_EQ(render(diagnostic, {.source = "a\n  bc d\n"}),
            "    warning: careful\n    │\n  2 │   bc d\n    │   ~~~~\n    │\n    └─ nofile:2");
}

TEST(Diagnostics, StandAloneWithoutSource) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::warning;
  diagnostic.message = "careful";
  diagnostic.file = "lib/a.ex";
  diagnostic.place = {12, 3};
  diagnostic.hint = "be bold";
  EXPECT_EQ(render(diagnostic), "warning: careful\n\nhint: be bold\n└─ lib/a.ex:12:3");
}

TEST(Diagnostics, WidenForLongLineNumbers) {
  std::string source(122, '\n');
  source += "abc";
  Diagnostic diagnostic;
  diagnostic.message = "no";
  diagnostic.place = {123, 1};
  EXPECT_EQ(render(diagnostic, {.source = source}), "     error: no\n     │\n 123 │ abc\n     │ ^\n     │\n     └─ nofile:123:1");
}

TEST(Diagnostics, GroupEqualWarnings) {
  Diagnostic first;
  first.severity = Severity::warning;
  first.message = "A.b/0 is undefined";
  first.place = {1, 1};
  Diagnostic second = first;
  second.place = {2, 1};
  EXPECT_EQ(render_all({first, second}), "warning: A.b/0 is undefined\n└─ nofile:1:1\n└─ nofile:2:1");
}

}  // namespace
}  // namespace phial::diagnostics
