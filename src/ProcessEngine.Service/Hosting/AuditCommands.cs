using System.Data.Common;
using ProcessEngine.Service.Cases.Audit;

namespace ProcessEngine.Service.Hosting;

/// <summary>
/// <c>verify</c>: holds the record against itself, beside a running service or over a copy; <c>record &lt;file&gt;</c>: writes it for a
/// program of somebody else. Nothing is changed.
/// </summary>
public static class AuditCommands
{
    /// <summary>The record is as it was written.</summary>
    public const int Whole = 0;

    /// <summary>Something is not; each fault is a line.</summary>
    public const int Broken = 1;

    /// <summary>The record could not be read to its end.</summary>
    public const int Unread = 2;

    public static bool Knows(string[] args) => args is ["verify", ..] or ["record", ..];

    /// <param name="told">The faults, a line each, and how much was looked at.</param>
    /// <param name="said">How far it has come, and why it ended early.</param>
    public static async Task<int> RunAsync(
        IServiceProvider services, string[] args, TextWriter told, TextWriter said, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(said);
        try
        {
            return args[0] == "record"
                ? await RecordAsync(services, args, said, ct)
                : await VerifyAsync(services, args, told, said, ct);
        }
        catch (DbException e)
        {
            await said.WriteLineAsync($"The record cannot be read: {e.Message}");
            return Unread;
        }
    }

    static async Task<int> RecordAsync(IServiceProvider services, string[] args, TextWriter said, CancellationToken ct)
    {
        if (args is not ["record", { Length: > 0 } file, ..] || file.StartsWith('-'))
        {
            await said.WriteLineAsync("record <file>: where the lines go is missing.");
            return Unread;
        }

        await using var into = new StreamWriter(file);
        await services.GetRequiredService<RecordExport>().WriteAsync(into, ct);
        return Whole;
    }

    static async Task<int> VerifyAsync(
        IServiceProvider services, string[] args, TextWriter told, TextWriter said, CancellationToken ct)
    {
        var office = Option(args, "--office");
        var after = Guid.Empty;
        if (Option(args, "--from") is { } text && !Guid.TryParse(text, out after))
        {
            await said.WriteLineAsync("--from: the id of a case, as verify told it.");
            return Unread;
        }

        var (cases, events, faults) = (0L, 0L, 0);
        if (office is null && after == Guid.Empty)
        {
            var (found, last) = await services.GetRequiredService<AnchorVerifier>().CheckAsync(ct);
            await said.WriteLineAsync($"anchors: {last}");
            Tell(found);
        }

        var store = services.GetRequiredService<StoreVerifier>();
        for (Guid? next = after; next is { } position;)
        {
            VerifiedPage page;
            try
            {
                ct.ThrowIfCancellationRequested();
                page = await store.PageAsync(office, position, ct);
            }
            catch (OperationCanceledException)
            {
                await said.WriteLineAsync($"stopped after {cases} cases; it goes on with --from {position}");
                return Unread;
            }

            (cases, events, next) = (cases + page.Cases, events + page.Events, page.Next);
            Tell(page.Faults);
            if (next is not null && cases % (StoreVerifier.PageSize * 50) == 0)
                await said.WriteLineAsync($"{cases} cases, {events} events, {faults} faults, after {next}");
        }

        told.WriteLine($"{cases} cases, {events} events, {faults} faults");
        return faults == 0 ? Whole : Broken;

        void Tell(IReadOnlyList<StoreFault> found)
        {
            faults += found.Count;
            foreach (var fault in found)
                told.WriteLine(Line(fault));
        }
    }

    static string Line(StoreFault fault)
    {
        var parts = new[]
        {
            fault.Reason,
            fault.Office is null ? null : $"office {fault.Office}",
            fault.ProcessInstanceId is { } id ? $"case {id}" : null,
            fault.Sequence is { } sequence ? $"event {sequence}" : null,
            fault.Anchor is { } anchor ? $"anchor {anchor}" : null,
        };
        return string.Join(' ', parts.OfType<string>());
    }

    static string? Option(string[] args, string name)
    {
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == name && i + 1 < args.Length)
                return args[i + 1];
            if (args[i].StartsWith(name + "=", StringComparison.Ordinal))
                return args[i][(name.Length + 1)..];
        }

        return null;
    }
}
