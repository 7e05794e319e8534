using System.Collections.Immutable;
#pragma warning disable CA1822, CA1720, IDE0060, CA1801
namespace ProcessEngine.Core.Forms;
public sealed record FieldProblem(string Field, string Code, LocalizedText Reason);
public sealed record FormProblem(string Place, string Code, LocalizedText Reason);
public sealed class FormSchema { public static (FormSchema? Schema, ImmutableArray<FormProblem> Problems) Read(string json) => (new FormSchema(), []); public ImmutableArray<FieldProblem> Check(ImmutableSortedDictionary<string, string> data) => data.Count < 0 ? default : []; }
