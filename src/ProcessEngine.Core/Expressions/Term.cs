using System.Collections.Immutable;
using System.Globalization;

namespace ProcessEngine.Core.Expressions;

/// <summary>A part of an expression, already known to be of its type.</summary>
abstract record Term(VariableType Type)
{
    public abstract Value Evaluate(IReadOnlyDictionary<string, string> data);

    /// <param name="outer">How tightly the surrounding operator binds; a looser one inside needs parentheses.</param>
    public abstract string Print(int outer);

    protected static string Wrapped(string text, int own, int outer) => own < outer ? $"({text})" : text;
}

sealed record Literal(Value Value) : Term(Value.Type!.Value)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) => Value;
    public override string Print(int outer) => Text(Value);

    static string Text(Value value) => value.Type!.Value switch
    {
        VariableType.Boolean => value.IsTrue ? "true" : "false",
        VariableType.Number => value.Number.ToString(CultureInfo.InvariantCulture),
        VariableType.Date => string.Create(CultureInfo.InvariantCulture, $"date \"{value.Date:yyyy-MM-dd}\""),
        VariableType.List => $"[{string.Join(", ", value.Items.Select(Text))}]",
        VariableType.Text =>
            $"\"{value.Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
    };
}

sealed record VariableTerm(string Name, VariableType Declared) : Term(Declared)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) => Value.Read(data.GetValueOrDefault(Name), Type);
    public override string Print(int outer) => Name;
}

sealed record Not(Term Of) : Term(VariableType.Boolean)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) => Value.Of(!Of.Evaluate(data).IsTrue);
    public override string Print(int outer) => Wrapped($"not {Of.Print(Bindings.Not)}", Bindings.Not, outer);
}

sealed record Minus(Term Of) : Term(VariableType.Number)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) =>
        Of.Evaluate(data) is { Type: VariableType.Number } value ? Value.Of(-value.Number) : Value.Empty;

    public override string Print(int outer) => Wrapped($"-{Of.Print(Bindings.Unary)}", Bindings.Unary, outer);
}

sealed record IsEmpty(Term Of, bool Wanted) : Term(VariableType.Boolean)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) => Value.Of(Of.Evaluate(data).IsEmpty == Wanted);
    public override string Print(int outer) =>
        Wrapped($"{Of.Print(Bindings.Sum)} is {(Wanted ? "" : "not ")}empty", Bindings.Comparison, outer);
}

sealed record CountOf(Term List) : Term(VariableType.Number)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) =>
        List.Evaluate(data) is { Type: VariableType.List } list ? Value.Of((decimal)list.Items.Length) : Value.Of(0m);

    public override string Print(int outer) => $"{List.Print(Bindings.Primary)} count";
}

sealed record LogicalTerm(Term Left, Term Right, bool And) : Term(VariableType.Boolean)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data) => And
        ? Value.Of(Left.Evaluate(data).IsTrue && Right.Evaluate(data).IsTrue)
        : Value.Of(Left.Evaluate(data).IsTrue || Right.Evaluate(data).IsTrue);

    public override string Print(int outer)
    {
        var own = And ? Bindings.And : Bindings.Or;
        return Wrapped($"{Left.Print(own)} {(And ? "and" : "or")} {Right.Print(own + 1)}", own, outer);
    }
}

sealed record ComparisonTerm(Term Left, string By, Term Right) : Term(VariableType.Boolean)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data)
    {
        var (left, right) = (Left.Evaluate(data), Right.Evaluate(data));
        if (left.Type is null || right.Type is null)
            return Value.Of(false);
        return Value.Of(By switch
        {
            "=" => left == right,
            "!=" => left != right,
            "in" => right.Type == VariableType.List && right.Items.Contains(left),
            "contains" => left.Type == VariableType.List
                ? left.Items.Contains(right)
                : left.Text.Contains(right.Text, StringComparison.Ordinal),
            "<" => Order(left, right) < 0,
            "<=" => Order(left, right) <= 0,
            ">" => Order(left, right) > 0,
            ">=" => Order(left, right) >= 0,
            _ => throw UnknownKind.Of(By),
        });
    }

    static int Order(Value left, Value right) => left.Type == VariableType.Date
        ? left.Date.CompareTo(right.Date)
        : left.Number.CompareTo(right.Number);

    public override string Print(int outer) =>
        Wrapped($"{Left.Print(Bindings.Sum)} {By} {Right.Print(Bindings.Sum)}", Bindings.Comparison, outer);
}

sealed record Arithmetic(Term Left, char By, Term Right) : Term(Left.Type)
{
    public override Value Evaluate(IReadOnlyDictionary<string, string> data)
    {
        var (left, right) = (Left.Evaluate(data), Right.Evaluate(data));
        if (left.Type is null || right.Type is null)
            return Value.Empty;
        // A text made of texts is bounded like everything else that a case carries.
        if (left.Type == VariableType.Text)
            return left.Text.Length + right.Text.Length > Parser.MaxTextMade ? Value.Empty : Value.Of(left.Text + right.Text);
        try
        {
            return By switch
            {
                '+' => Value.Of(left.Number + right.Number),
                '-' => Value.Of(left.Number - right.Number),
                '*' => Value.Of(left.Number * right.Number),
                '/' => right.Number == 0 ? Value.Empty : Value.Of(left.Number / right.Number),
                _ => throw UnknownKind.Of(By),
            };
        }
        catch (OverflowException)
        {
            return Value.Empty;
        }
    }

    public override string Print(int outer)
    {
        var own = By is '+' or '-' ? Bindings.Sum : Bindings.Product;
        return Wrapped($"{Left.Print(own)} {By} {Right.Print(own + 1)}", own, outer);
    }
}

/// <summary>How tightly operators bind, loosest first.</summary>
static class Bindings
{
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Comparison = 4;
    public const int Sum = 5;
    public const int Product = 6;
    public const int Unary = 7;
    public const int Primary = 8;
}
