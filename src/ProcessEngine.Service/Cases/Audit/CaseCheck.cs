using System.Text.Json;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <param name="BrokenAt">Sequence of the first event that is not as it was written; null when all are.</param>
/// <param name="Reason">What is wrong there: <c>changed</c>, <c>missing</c>, <c>added</c>, <c>cut-off</c>, <c>rewritten</c> (from there on
/// the chain is whole, and another one than was sealed), <c>removed</c> (the case is gone) or <c>snapshot</c>.</param>
/// <param name="Events">How many events the case says it has.</param>
public sealed record Verification(bool Valid, int? BrokenAt, string? Reason, int Events)
{
    /// <summary>Of the events, those from which personal data was taken out, as a later event says.</summary>
    public int Redacted { get; init; }
}

/// <summary>Holds the record of one case against itself and against what was sealed of it, event by event, in their order.</summary>
/// <param name="head">Null when there is no such case.</param>
/// <param name="seals">In the order of their events.</param>
sealed class CaseCheck(Guid id, CaseHead? head, IReadOnlyList<SealedCase> seals)
{
    byte[] previous = AuditChain.Origin;
    ProcessState state = ProcessState.NotStarted;
    Verification? broken;
    int seen;
    int met;

    // Events whose payload does not give their hash, and what later events say that stands there.
    readonly List<(int Sequence, string PayloadHash)> unlike = [];
    readonly Dictionary<int, string> redacted = [];

    int Expected => seen + 1;

    int SaysItHas => head?.Revision ?? Math.Max(seen, seals.Count == 0 ? 0 : seals[^1].Events);

    public void Add(StoredEvent row)
    {
        ArgumentNullException.ThrowIfNull(row);
        broken ??= head is null ? Gone() : Fault(row);
        if (broken is null)
            seen++;
        else if (row.IsRedaction)
            // Only so that what is told is the first thing that nobody ordered.
            Note(row, int.MaxValue);
    }

    Verification? Fault(StoredEvent row)
    {
        if (row.Sequence is not { } sequence || sequence < Expected)
            return Broken(row.Sequence ?? Expected, "added");
        if (sequence > Expected)
            return Broken(Expected, "missing");
        if (!row.TryHash(previous, id, sequence, out var hash) || row.Hash.Length != hash.Length)
            return Broken(Expected, "changed");
        if (!hash.AsSpan().SequenceEqual(row.Hash))
        {
            // Whole if a later event of this chain says so; the chain goes on from the hash that it had.
            unlike.Add((sequence, row.PayloadHash));
            hash = row.Hash;
        }
        else if (row.IsRedaction)
            Note(row, sequence);

        if (sequence > head!.Revision)
            return Broken(sequence, "added");
        if (met < seals.Count && seals[met].Events == sequence)
        {
            if (!hash.AsSpan().SequenceEqual(seals[met].Hash))
                return Broken(met == 0 ? 1 : seals[met - 1].Events + 1, "rewritten");
            met++;
        }

        try
        {
            state = ProcessState.Evolve(state, row.ToEvent(sequence));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            // Chained, and yet nothing that the service could have written.
            return Broken(sequence, "changed");
        }

        previous = hash;
        return null;
    }

    /// <summary>When all events were added.</summary>
    public Verification End()
    {
        if (unlike.FirstOrDefault(u => redacted.GetValueOrDefault(u.Sequence) != u.PayloadHash) is { Sequence: > 0 } first)
            return Broken(first.Sequence, "changed");
        if (broken is not null)
            return broken;
        if (head is null)
            return Gone();
        if (seen < head.Revision || met < seals.Count)
            return Broken(Expected, "cut-off");
        if (!previous.AsSpan().SequenceEqual(head.Hash))
            return Broken(head.Revision, "changed");
        // The chain holds; the snapshot must be its fold, or the case shows something that never happened.
        return head.Office == state.Office && SnapshotComparison.FirstDifference(head.State, state) is null
            ? new Verification(true, null, null, head.Revision) { Redacted = unlike.Count }
            : Broken(head.Revision, "snapshot");
    }

    void Note(StoredEvent row, int sequence)
    {
        foreach (var one in row.Redacted().Where(r => r.Sequence < sequence))
            redacted[one.Sequence] = one.PayloadHash;
    }

    Verification Gone() => Broken(1, "removed");

    Verification Broken(int at, string reason) => new(false, at, reason, SaysItHas);
}
