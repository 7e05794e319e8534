using System.Collections.Immutable;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Core.Definitions;

/// <summary>
/// What a procedure says of itself to people outside, who ask for it without an account. An office must open its door, too.
/// </summary>
public sealed record PublicService
{
    /// <summary>So that a page stays a page.</summary>
    public const int MaxText = 2000;

    public const int DefaultKeepDays = 365;
    public const int MaxKeepDays = 3650;

    /// <summary>As whoever asks would call it.</summary>
    public required LocalizedText Name { get; init; }

    /// <summary>Who may ask; empty: everybody.</summary>
    public LocalizedText Who { get; init; } = new("", "");

    /// <summary>What must be at hand.</summary>
    public LocalizedText Needs { get; init; } = new("", "");

    /// <summary>What is done with what is told about a person, under the personal data act.</summary>
    public LocalizedText Purpose { get; init; } = new("", "");

    /// <summary>Days after the end of the case for which the requester's name and addresses are kept, and the link works.</summary>
    public int KeepDays { get; init; } = DefaultKeepDays;

    /// <summary>What is asked. Null: a shared form that there is none of, or that has faults.</summary>
    public FormSchema? Form { get; init; }

    /// <summary>What is asked when the case has ended; null: nothing.</summary>
    public FormSchema? Rating { get; init; }

    /// <summary>Whether the limit of the whole stands still while all of the work waits for an answer of the requester.</summary>
    public bool StopsWhileWaiting { get; init; } = true;

    /// <summary>The steps that are told to the requester, by their names; all others happen inside.</summary>
    public ImmutableArray<string> Steps { get; init; } = [];

    /// <summary>The data of the case that is told to the requester when there is any.</summary>
    public ImmutableArray<string> Results { get; init; } = [];

    /// <summary>The step under which the ratings stand among the forms of the procedure; no box of a chart is called so.</summary>
    public const string RatingStep = "public-rating";
}
