using System.Collections.Immutable;
#pragma warning disable CA1822, IDE0060, CA1801
namespace ProcessEngine.Core.Expressions;
public enum VariableType { Boolean, Number, Text, Date, List }
public sealed record Variable(string Name, VariableType Type, LocalizedText? Label = null, bool Required = false) { public bool Accepts(string json) => json.Length > 0; }
public sealed record ExpressionProblem(int Position, string Code, LocalizedText Reason);
public sealed record CompiledExpression(Expression? Expression, ImmutableArray<ExpressionProblem> Problems);
public sealed class Expression {
  public static CompiledExpression Compile(string text, IReadOnlyDictionary<string, VariableType> variables) => new(new Expression(), []);
  public VariableType Type => VariableType.Boolean;
  public bool IsTrue(IReadOnlyDictionary<string, string> v) => v.ContainsKey("x"); }
