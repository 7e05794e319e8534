using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>Where a case goes from one state to the next, in sentences.</summary>
public static class WhatNext
{
    /// <summary>The people who would have the tasks that open.</summary>
    public static IEnumerable<Guid?> Mentioned(ProcessState after) => after is null ? [] : after.OpenTasks.Select(t => t.Assignee);

    /// <param name="before">Null to tell where the case stands, whatever came before.</param>
    public static IReadOnlyList<string> Of(
        Words w, ProcessDefinition definition, ProcessState? before, ProcessState after, IReadOnlyDictionary<Guid, string> names)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(names);
        var lines = new List<string>();
        if (after.Status == InstanceStatus.Completed)
            lines.Add(CaseWords.Completed(w, after.Outcome, definition) + (w.English ? "." : ""));
        if (after.Status == InstanceStatus.Cancelled)
            lines.Add(w["เรื่องถูกยกเลิก", "The case is cancelled."]);
        var opened = after.OpenTasks.Where(t => before?.FindOpenTask(t.TaskId) is null).ToList();
        foreach (var step in opened.GroupBy(t => (t.StepId, t.Level)))
        {
            var task = step.First();
            var to = step.Count() > 1
                ? w[
                    $"{w.PostIn(after.Office, task.Role).Th} {step.Count()} คน",
                    $"{step.Count()} people ({w.PostIn(after.Office, task.Role).En})"]
                : task.Assignee is { } person && names.TryGetValue(person, out var holder) ? holder : w.Post(after.Office, task.Role);
            var due = after.DueAtOf(task) is { } at ? w[$" ครบกำหนด {w.Date(at)}", $", due {w.Date(at)}"] : "";
            var name = PlainHistory.StepName(w, definition, task.StepId);
            lines.Add(before is null
                ? w[$"เรื่องอยู่ที่{name} ผู้ดำเนินการ: {to}{due}", $"The case is at {name}: {to}{due}."]
                : w[$"เรื่องไปที่{name} ผู้ดำเนินการ: {to}{due}", $"The case goes to {name}: {to}{due}."]);
        }

        foreach (var wait in after.Waits.Where(x => before is null || !before.Waits.Any(b => b.WaitId == x.WaitId)))
        {
            var line = wait.Kind switch
            {
                WaitKind.Date => w[
                    $"เรื่องรอถึง {(wait.Until is { } until ? w.Date(until) : "วันที่ยังไม่กำหนด")}",
                    $"The case waits until {(wait.Until is { } date ? w.Date(date) : "a date that is not known yet")}."],
                WaitKind.Message => w["เรื่องรอหนังสือหรือข้อมูลจากภายนอก", "The case waits for a message from outside."],
                WaitKind.Call => w["เรื่องรอกระบวนงานที่ส่งต่อ", "The case waits for the procedure that it calls."],
                WaitKind.Incident =>
                    w["เรื่องติดขัด ผู้ดูแลระบบต้องแก้ไขก่อน", "The case is stuck; an administrator has to put something right first."],
                // A limit's own way out: nobody waits for it.
                WaitKind.Interrupting or WaitKind.Beside => null,
            };
            if (line is not null)
                lines.Add(line);
        }

        if (lines.Count == 0 && !after.HasEnded)
        {
            foreach (var group in after.Groups)
            {
                var left = group.Size - group.Answers.Length;
                lines.Add(w[
                    $"{PlainHistory.StepName(w, definition, group.StepId)} รออีก {left} คน",
                    $"{PlainHistory.StepName(w, definition, group.StepId)} waits for {left} more."]);
            }

            if (!after.Arrivals.IsEmpty)
                lines.Add(w["รอให้งานที่ทำพร้อมกันเสร็จครบทุกทาง", "It waits for the other branches."]);
        }

        return lines;
    }
}
