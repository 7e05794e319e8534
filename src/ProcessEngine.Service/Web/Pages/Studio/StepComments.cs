using ProcessEngine.Service.Definitions.Reviews;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>Open remarks of one step, or of a procedure, and where another one is sent.</summary>
/// <param name="Page">The page of the procedure, which takes them.</param>
/// <param name="Where">The office in the address, where it must be said.</param>
/// <param name="Step">What a new one is about; with <paramref name="Steps"/> it is chosen.</param>
/// <param name="Back">Where to go on after it: the step whose row is open in the table, or empty for the page of the procedure.</param>
/// <param name="NameOf">What a step is called; null where all are about one.</param>
public sealed record StepComments(
    string Page, string Where, string NewKey, bool MayWrite, IReadOnlyList<DraftComments.Comment> Open, string Step, string Back,
    IReadOnlyList<(string Id, string Name)>? Steps, Func<string, string>? NameOf)
{
    public string Post(string handler) => $"{Page}{(Where.Length == 0 ? "?" : Where + "&")}handler={handler}";
}
