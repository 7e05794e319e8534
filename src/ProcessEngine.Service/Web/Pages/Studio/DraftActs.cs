using ProcessEngine.Core;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Reviews;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>A draft and what may be done with it, on the page of its definition and beside the canvas.</summary>
/// <param name="Page">Where its forms go.</param>
/// <param name="Where">The office in the address, where it must be said.</param>
/// <param name="Changes">How many differences from what the office starts cases on.</param>
/// <param name="Reason">As it was filled in, when it was refused.</param>
/// <param name="Review">Where it stands with its second pair of eyes.</param>
/// <param name="MayApprove">Whether the reader may be those.</param>
public sealed record DraftActs(
    string Page, string Where, string NewKey, OfficeDraft Draft, LocalizedText Name, bool NeverPublished, bool Sound, int Changes,
    string? Reason, DraftReview Review, bool MayApprove)
{
    /// <summary>Whether nothing but the proof stands in the way of publishing.</summary>
    public bool MayBePublished => Sound && (!Review.Required || Review.IsApproved);

    public string Post(string handler) => $"{Page}{(Where.Length == 0 ? "?" : Where + "&")}handler={handler}";
}
