using System.Collections.Immutable;

namespace ProcessEngine.Core.Expressions;

/// <param name="Position">Where in the text, from 0.</param>
/// <param name="Code">Stable; for programs.</param>
public sealed record ExpressionProblem(int Position, string Code, LocalizedText Reason);

/// <summary>The expression, or why there is none.</summary>
public sealed record CompiledExpression(Expression? Expression, ImmutableArray<ExpressionProblem> Problems);

/// <summary>
/// A condition on the data of a case that a process owner can read: <c>amount &gt; 100000 and urgency = "สูง"</c>,
/// <c>meetingDate is empty</c>, <c>channel in ["โทรศัพท์", "LINE"]</c>, <c>schools count &gt;= 5</c>.
/// </summary>
/// <remarks>
/// Safe: no code, no calls, no loops. Total: evaluation always ends and never fails; what is absent or cannot be computed is empty,
/// a comparison with empty is false, arithmetic with empty (or past what a number holds, or by zero) is empty.
/// </remarks>
public sealed class Expression
{
    /// <summary>Characters of text, and levels of nesting, at most.</summary>
    public const int MaxLength = 1_000;

    public const int MaxDepth = 100;

    readonly Term root;

    internal Expression(Term root, ImmutableArray<string> variables) => (this.root, Variables) = (root, variables);

    public VariableType Type => root.Type;

    /// <summary>The variables that it reads, in order of appearance.</summary>
    public ImmutableArray<string> Variables { get; }

    /// <summary>As it was understood, with the fewest parentheses.</summary>
    public string Text => root.Print(0);

    /// <param name="variables">The data that may be named, and of which type it is.</param>
    public static CompiledExpression Compile(string text, IReadOnlyDictionary<string, VariableType> variables)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variables);
        return new Parser(text, variables).Compile();
    }

    /// <param name="data">Name → JSON text.</param>
    public Value Evaluate(IReadOnlyDictionary<string, string> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return root.Evaluate(data);
    }

    public bool IsTrue(IReadOnlyDictionary<string, string> data) => Evaluate(data).IsTrue;
}
