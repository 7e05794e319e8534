using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;

namespace ProcessEngine.Service.Web;

/// <summary>Some of what an act on a case would change.</summary>
public sealed record Consequence(string Title, IReadOnlyList<string> Lines);

/// <summary>What an act on a case would change, in sentences: read from the events that the core decided on alone.</summary>
/// <param name="names">Of people.</param>
/// <param name="procedures">Key → name, of what the case has called.</param>
public sealed class Consequences(
    Words w, CasePreview preview, IReadOnlyDictionary<Guid, string> names, IReadOnlyDictionary<string, LocalizedText> procedures)
{
    /// <summary>The people whom the sentences name.</summary>
    public static IEnumerable<Guid?> Mentioned(CasePreview preview)
    {
        ArgumentNullException.ThrowIfNull(preview);
        return preview.Before.OpenTasks.Concat(preview.After.OpenTasks).Select(t => t.Assignee)
            .Concat(preview.Notices.Select(n => n.ToUser));
    }

    /// <summary>The procedures that the case has called.</summary>
    public static IEnumerable<string> Called(CasePreview preview)
    {
        ArgumentNullException.ThrowIfNull(preview);
        return preview.Before.Waits.Concat(preview.After.Waits).Select(x => x.Call?.DefinitionKey).OfType<string>().Distinct();
    }

    /// <summary>Everything that would change; nothing that stays as it is.</summary>
    public IReadOnlyList<Consequence> Tell() =>
    [
        .. new Consequence[]
        {
            new(w["ข้อมูลที่เปลี่ยน", "Data that change"], [.. Data()]),
            new(w["เรื่อง", "The case"], [.. Case()]),
            new(w["งานที่จบโดยไม่ต้องทำ", "Work that need not be done any more"], [.. Ending()]),
            new(w["เรื่องที่ส่งต่อไว้", "Cases that it called"], [.. Calls()]),
            new(w["งานต่อไป", "What comes next"], [.. WhatNext.Of(w, preview.Definition, preview.Before, preview.After, names)]),
            new(w["กำหนดเวลา", "Limits"], [.. Limits()]),
            new(w["ผู้ที่จะได้รับแจ้ง", "Who is told"], [.. Told()]),
        }.Where(some => some.Lines.Count > 0),
    ];

    IEnumerable<ProcessEvent> Events => preview.Changes.Select(c => c.Recorded.Event);

    IEnumerable<string> Case()
    {
        foreach (var e in Events)
        {
            var line = e switch
            {
                InstanceSuspended => w[
                    "ถูกระงับ ไม่มีใครทำงานในเรื่องนี้ได้จนกว่าจะสั่งให้ดำเนินต่อ",
                    "It is suspended: nobody can work on it."],
                InstanceResumed => w["ดำเนินต่อ ทำงานได้ตามปกติ", "It goes on as before."],
                InstanceReopened => w["เปิดอีกครั้ง", "It is open again."],
                InstanceMigrated m => w[
                    $"ใช้กระบวนงานรุ่นที่ {m.ToVersion} แทนรุ่นที่ {m.FromVersion}",
                    $"It goes by version {m.ToVersion} instead of {m.FromVersion}."],
                PriorityChanged { Priority: { } priority } => w[
                    $"ชั้นความเร็วเป็น{Priorities.NameOf(priority).Th}", $"It is marked: {Priorities.NameOf(priority).En}."],
                PriorityChanged => w["ชั้นความเร็วเป็นปกติ", "It is ordinary."],
                _ => null,
            };
            if (line is not null)
                yield return line;
        }
    }

    IEnumerable<string> Data()
    {
        foreach (var (name, json) in Events.OfType<VariablesChanged>().SelectMany(e => e.Changes))
        {
            var was = InWords(name, preview.Before.Variables.GetValueOrDefault(name));
            var becomes = InWords(name, json);
            yield return w[$"{Label(name)}: จาก {was} เป็น {becomes}", $"{Label(name)}: from {was} to {becomes}"];
        }
    }

    string Label(string name) => preview.Definition.Variables.FirstOrDefault(v => v.Name == name)?.Label is { } label
        ? w[label]
        : FieldOf(name) is { } field ? w[field.Label] : name;

    Core.Forms.FormField? FieldOf(string name) =>
        preview.Definition.Steps.SelectMany(s => s.Form?.Fields ?? []).FirstOrDefault(f => f.Name == name);

    string InWords(string name, string? json)
    {
        using var document = JsonDocument.Parse(json ?? "null");
        var value = document.RootElement;
        var people = preview.Definition.PersonVariables.Contains(name) ? names : null;
        return FormEntry.InWords(w, value, FieldOf(name)?.Format, people);
    }

    IEnumerable<string> Ending()
    {
        var state = preview.Before;
        foreach (var (recorded, after) in preview.Changes)
        {
            if (TaskOutcomes.Of(recorded.Event) is { Outcome: TaskOutcomes.Cancelled or TaskOutcomes.TimedOut, TaskId: var id }
                && state.FindOpenTask(id) is { } task)
            {
                var who = task.Assignee is { } person ? Name(person) : w.Post(state.Office, task.Role);
                yield return $"{PlainHistory.StepName(w, preview.Definition, task.StepId, task.Level)} ({who})";
            }

            state = after;
        }
    }

    IEnumerable<string> Calls()
    {
        foreach (var over in Events.OfType<WaitCancelled>())
        {
            if (preview.Before.FindWait(over.WaitId)?.Call is not { } call)
                continue;
            var procedure = procedures.TryGetValue(call.DefinitionKey, out var known) ? w[known] : call.DefinitionKey;
            yield return over.Recalled == true
                ? w[$"“{procedure}” ถูกยกเลิกไปด้วย", $"“{procedure}” is cancelled, too."]
                : w[$"“{procedure}” ดำเนินต่อไปโดยไม่มีผู้รอผล", $"“{procedure}” goes on; nobody waits for it."];
        }
    }

    IEnumerable<string> Limits()
    {
        var state = preview.Before;
        foreach (var (recorded, after) in preview.Changes)
        {
            if (Limit(recorded.Event, state, after) is { } line)
                yield return line;
            state = after;
        }
    }

    string? Limit(ProcessEvent e, ProcessState before, ProcessState after) => e switch
    {
        DeadlinePaused p when before.FindOpenDeadline(p.DeadlineId) is { } clock => w[
            $"{Of(clock.StepId)} (ครบกำหนด {w.Date(clock.Terms.DueAt)}) หยุดนับ",
            $"{Of(clock.StepId)} (due {w.Date(clock.Terms.DueAt)}) stands still."],
        DeadlineMoved m when before.FindOpenDeadline(m.DeadlineId) is { } clock => m.From == m.Terms.DueAt
            ? w[$"{Of(clock.StepId)} ยังครบกำหนด {Moment(m.From)}", $"{Of(clock.StepId)} stays due {Moment(m.From)}."]
            : w[
                $"{Of(clock.StepId)} เลื่อนจาก {Moment(m.From)} เป็น {Moment(m.Terms.DueAt)} {PlainHistory.Cause(w, m.Cause)}",
                $"{Of(clock.StepId)} moves from {Moment(m.From)} to {Moment(m.Terms.DueAt)} {PlainHistory.Cause(w, m.Cause)}."],
        DeadlineSet s => w[
            $"{Of(s.StepId)} ครบกำหนด {Moment(s.Terms.DueAt)}", $"{Of(s.StepId)} is due {Moment(s.Terms.DueAt)}."],
        DeadlineConfirmed c when before.FindOpenDeadline(c.DeadlineId) is { } clock => w[
            $"{Of(clock.StepId)} นับว่าครบกำหนดเมื่อ {Moment(clock.Terms.DueAt)}",
            $"{Of(clock.StepId)} counts as due {Moment(clock.Terms.DueAt)}."],
        DeadlineClosed c when before.FindOpenDeadline(c.DeadlineId) is { } clock =>
            w[$"{Of(clock.StepId)} ไม่นับต่อ", $"{Of(clock.StepId)} is not counted any more."],
        WaitStarted { Kind: WaitKind.Interrupting or WaitKind.Beside, Until: { } until } t => w[
            $"{PlainHistory.StepName(w, preview.Definition, t.NodeId)} มีตัวจับเวลาใหม่ถึง {Moment(until)}",
            $"{PlainHistory.StepName(w, preview.Definition, t.NodeId)} gets a new timer until {Moment(until)}."],
        _ => null,
    };

    string Moment(DateTimeOffset at) => w.DateAndTime(at);

    string Of(string step) => step.Length == 0
        ? w["กำหนดของทั้งกระบวนงาน", "The limit of the whole procedure"]
        : w["กำหนดของ", "The limit of "] + PlainHistory.StepName(w, preview.Definition, step);

    IEnumerable<string> Told() => preview.Notices
        .Select(n => (
            Who: n.ToUser is { } person ? Name(person) : n.ToRole is { } role ? w.Post(preview.Before.Office, role) : null, n.Kind))
        .Where(told => told.Who is not null)
        .GroupBy(told => told.Who)
        .Select(told => $"{told.Key}: {string.Join(", ", told.Select(t => w[NoticeWords.Of(t.Kind)]).Distinct().Select(t => $"“{t}”"))}");

    string Name(Guid user) => names.TryGetValue(user, out var name) ? name : w["ผู้ใช้", "a user"];
}
