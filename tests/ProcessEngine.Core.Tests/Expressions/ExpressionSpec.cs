using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Core.Tests.Expressions;

/// <summary>Conditions that a process owner can read, checked before they run, and that never fail when they do.</summary>
public sealed class ExpressionSpec
{
    static readonly Dictionary<string, VariableType> Types = new()
    {
        ["amount"] = VariableType.Number,
        ["budget"] = VariableType.Number,
        ["urgency"] = VariableType.Text,
        ["approved"] = VariableType.Boolean,
        ["meetingDate"] = VariableType.Date,
        ["schools"] = VariableType.List,
        ["ช่องทาง"] = VariableType.Text,
    };

    static readonly Dictionary<string, string> Data = new()
    {
        ["amount"] = "150000",
        ["budget"] = "1000000.50",
        ["urgency"] = "\"สูง\"",
        ["approved"] = "false",
        ["meetingDate"] = "\"2026-12-08\"",
        ["schools"] = "[\"วัดใหม่\",\"บ้านดอน\",\"เมือง\"]",
        ["ช่องทาง"] = "\"LINE\"",
    };

    static Expression Compiled(string text)
    {
        var compiled = Expression.Compile(text, Types);
        compiled.Problems.ShouldBeEmpty(text);
        return compiled.Expression.ShouldNotBeNull();
    }

    [TestCase("amount > 100000 and urgency = \"สูง\"", true)]
    [TestCase("amount > 100000 and urgency = \"ต่ำ\"", false)]
    [TestCase("urgency = \"ต่ำ\" or amount >= 150000", true)]
    [TestCase("not approved", true)]
    [TestCase("not approved and approved", false)]
    [TestCase("not (approved and approved)", true)]
    [TestCase("meetingDate is empty", false)]
    [TestCase("meetingDate is not empty", true)]
    [TestCase("meetingDate < date \"2026-12-09\"", true)]
    [TestCase("ช่องทาง in [\"โทรศัพท์\", \"LINE\"]", true)]
    [TestCase("ช่องทาง in []", false)]
    [TestCase("schools count >= 3", true)]
    [TestCase("schools contains \"เมือง\"", true)]
    [TestCase("urgency contains \"ู\"", true)]
    [TestCase("budget * 0.1 + 5 <= 100005.05", true)]
    [TestCase("amount - 50000 * 2 = 50000", true)]
    [TestCase("(amount - 50000) * 2 = 200000", true)]
    [TestCase("-amount < 0", true)]
    [TestCase("urgency + \"!\" = \"สูง!\"", true)]
    [TestCase("true != approved", true)]
    public void Conditions_mean_what_they_say(string text, bool expected) => Compiled(text).IsTrue(Data).ShouldBe(expected, text);

    [TestCase("amount > 0")]
    [TestCase("amount != 0")]
    [TestCase("amount = amount")]
    [TestCase("amount / 0 > 0 or amount / 0 <= 0")]
    [TestCase("urgency in [\"สูง\"]")]
    [TestCase("schools contains \"เมือง\"")]
    public void A_comparison_with_what_is_not_there_is_false(string text) =>
        Compiled(text).IsTrue(new Dictionary<string, string>()).ShouldBeFalse(text);

    [TestCase("\"150000\"")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("1e400")]
    public void Data_of_another_type_is_empty(string json)
    {
        var data = new Dictionary<string, string> { ["amount"] = json };
        Compiled("amount is empty").IsTrue(data).ShouldBeTrue();
        Compiled("amount > 0").IsTrue(data).ShouldBeFalse();
    }

    [Test]
    public void What_no_number_can_hold_is_empty() =>
        Compiled("budget * budget * budget * budget * budget * budget > 0")
            .IsTrue(new Dictionary<string, string> { ["budget"] = "99999999999999" }).ShouldBeFalse();

    [TestCase("amont > 5", "unknown-variable", 0, "amount")]
    [TestCase("amount > \"5\"", "type-mismatch", 7, "a number and a text")]
    [TestCase("urgency > \"ก\"", "type-mismatch", 8, "a text")]
    [TestCase("amount", "", 0, "")]
    [TestCase("amount >", "syntax", 8, "ends too early")]
    [TestCase("amount > 5)", "syntax", 10, "not expected")]
    [TestCase("amount > 5 and", "syntax", 14, "ends too early")]
    [TestCase("urgency = \"สูง", "syntax", 10, "closing quotation")]
    [TestCase("amount & 5", "syntax", 7, "means nothing")]
    [TestCase("meetingDate > date \"2569-13-40\"", "syntax", 19, "Gregorian")]
    [TestCase("amount and approved", "type-mismatch", 11, "condition is needed")]
    [TestCase("amount count > 1", "type-mismatch", 7, "Only a list")]
    [TestCase("1.2.3 = 1", "syntax", 0, "no number")]
    [TestCase("schools = schools", "type-mismatch", 8, "a list")]
    public void Faults_are_found_before_anything_runs(string text, string code, int position, string says)
    {
        var compiled = Expression.Compile(text, Types);
        if (code.Length == 0)
        {
            compiled.Expression.ShouldNotBeNull().Type.ShouldBe(VariableType.Number);
            return;
        }

        var problem = compiled.Problems.ShouldHaveSingleItem();
        (problem.Code, problem.Position).ShouldBe((code, position), text);
        problem.Reason.En.ShouldContain(says);
        problem.Reason.Th.ShouldNotBeNullOrWhiteSpace();
    }

    [Test]
    public void Length_and_nesting_are_bounded()
    {
        Expression.Compile(new string('1', Expression.MaxLength + 1), Types).Problems.Single().Code.ShouldBe("too-long");
        Expression.Compile(new string('(', 500) + "1" + new string(')', 499), Types).Problems.Single().Code.ShouldBe("too-deep");
        Expression.Compile(string.Concat(Enumerable.Repeat("not ", 240)) + "true", Types).Problems.Single().Code.ShouldBe("too-deep");
    }

    [TestCase("not (approved or approved)", "not (approved or approved)")]
    [TestCase("((amount)) - (1 - (2))", "amount - (1 - 2)")]
    [TestCase("(amount * 2) + 1", "amount * 2 + 1")]
    public void It_prints_as_it_was_understood(string text, string expected) =>
        Compiled(text + (text.StartsWith("not", StringComparison.Ordinal) ? "" : " > 0")).Text
        .ShouldBe(expected + (text.StartsWith("not", StringComparison.Ordinal) ? "" : " > 0"));

    [Test]
    public void Random_expressions_never_fail_and_print_to_what_means_the_same()
    {
        var random = new Random(20261121);
        string[] values = ["150000", "-3.5", "\"สูง\"", "true", "null", "[]", "[1,\"ก\",null]", "\"2026-12-08\"", "{}", "\"\""];
        for (var run = 0; run < 20_000; run++)
        {
            var text = Condition(random, 4);
            if (text.Length > Expression.MaxLength)
                continue;
            var expression = Compiled(text);
            var again = Compiled(expression.Text);
            var data = Types.Keys.Where(_ => random.Next(4) > 0).ToDictionary(k => k, _ => values[random.Next(values.Length)]);
            again.IsTrue(data).ShouldBe(expression.IsTrue(data), text);
            again.Text.ShouldBe(expression.Text);
        }
    }

    static string Condition(Random r, int depth) => (depth == 0 ? 4 + r.Next(4) : r.Next(9)) switch
    {
        0 => $"{Condition(r, depth - 1)} and {Condition(r, depth - 1)}",
        1 => $"({Condition(r, depth - 1)} or {Condition(r, depth - 1)})",
        2 => $"not {Condition(r, depth - 1)}",
        3 => $"{Number(r, depth - 1)} {Pick(r, "=", "!=", "<", "<=", ">", ">=")} {Number(r, depth - 1)}",
        4 => $"urgency {Pick(r, "=", "!=", "contains")} \"{Pick(r, "สูง", "ต่ำ", "a\\\"b", "")}\"",
        5 => "approved",
        6 => $"{Pick(r, "amount", "schools", "meetingDate", "urgency")} is {Pick(r, "", "not ")}empty",
        7 => $"meetingDate {Pick(r, "<", ">=", "=")} date \"2026-12-0{r.Next(1, 9)}\"",
        _ => $"{Pick(r, "urgency", "ช่องทาง")} in [\"ก\", \"LINE\", -1]",
    };

    static string Number(Random r, int depth) => (depth <= 0 ? r.Next(3) : r.Next(6)) switch
    {
        0 => "amount",
        1 => r.Next(1000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        2 => "schools count",
        3 => $"({Number(r, depth - 1)} {Pick(r, "+", "-", "*", "/")} {Number(r, depth - 1)})",
        4 => $"{Number(r, depth - 1)} {Pick(r, "+", "-")} {Number(r, depth - 1)}",
        _ => $"-{Number(r, 0)}",
    };

    static string Pick(Random r, params string[] of) => of[r.Next(of.Length)];
}
