using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using static ProcessEngine.Core.Definitions.Finding;

namespace ProcessEngine.Core.Definitions;

/// <summary>Everything that is wrong with one step: its limit, its people, and what it asks of several of them.</summary>
static class StepCheck
{
    public static IEnumerable<Finding> Run(ProcessDefinition definition, Step step)
    {
        if (!Roles.Acting.Contains(step.Role))
        {
            yield return Fault(
                step.Id, "unknown-role", $"ไม่รู้จักบทบาท \"{step.Role}\"",
                $"Unknown role \"{step.Role}\"; known are {string.Join(", ", Roles.Acting)}.");
        }

        if (step.SupervisorRole is { } supervisor && !Roles.Acting.Contains(supervisor))
        {
            yield return Fault(
                step.Id, "unknown-role", $"ไม่รู้จักบทบาทผู้บังคับบัญชา \"{supervisor}\"", $"Unknown supervisor role \"{supervisor}\".");
        }

        if (step.Deadline is { } rule)
        {
            foreach (var finding in FieldCheck.Limit(step.Id, rule))
                yield return finding;
            if (rule.NeedsDate && step.DeadlineDateFrom is null)
            {
                yield return Fault(
                    step.Id, "no-event", "กำหนดเวลานับจากวันที่ของเรื่อง แต่ไม่ได้ระบุตัวแปรวันที่",
                    "The limit rests on a date of the case, and the step does not say on which.");
            }
        }

        if (step.DeadlineDateFrom is { } date)
        {
            foreach (var finding in FieldCheck.Variable(definition, step.Id, date, VariableType.Date))
                yield return finding;
        }

        foreach (var finding in PeopleRules(definition, step).Concat(ManyRules(definition, step)))
            yield return finding;

        if (step.DeadlineSharedWith is { } leader)
        {
            if (step.Deadline is not null)
            {
                yield return Fault(
                    step.Id, "two-clocks", "ขั้นตอนที่รวมเวลากับขั้นตอนอื่นต้องไม่มีกำหนดเวลาของตนเอง",
                    "A step that shares another step's time has no limit of its own.");
            }

            if (leader == step.Id || definition.FindStep(leader) is not { Deadline: not null, DeadlineSharedWith: null })
            {
                yield return Fault(
                    step.Id, "unknown-shared-clock", $"รวมเวลากับ \"{leader}\" ซึ่งไม่มีหรือไม่มีกำหนดเวลา",
                    $"It shares the time of \"{leader}\", which does not exist or has no limit.");
            }
        }

        foreach (var field in step.Form?.Fields ?? [])
        {
            if (definition.Variables.FirstOrDefault(v => v.Name == field.Name) is { } variable && !MayFill(field, variable.Type))
            {
                yield return Fault(
                    step.Id, "form-field-type", $"ช่อง \"{field.Name}\" ของแบบฟอร์มกรอกตัวแปรชนิด {variable.Type} ไม่ได้",
                    $"The field \"{field.Name}\" of the form could never fill in a variable of type {variable.Type}.");
            }
        }

        foreach (var target in step.ReturnTo.Where(id => id == step.Id || definition.FindStep(id) is null))
        {
            yield return Fault(
                step.Id, "unknown-return-target", $"ส่งกลับไปยังขั้นตอนที่ไม่มีอยู่ \"{target}\"",
                $"It may be returned to \"{target}\", which is not another step.");
        }
    }

    /// <summary>Whether anything that the field takes is taken by the variable of its name.</summary>
    static bool MayFill(FormField field, VariableType type) => type switch
    {
        VariableType.Boolean => field.Type == FieldType.Boolean,
        VariableType.Number => field.Type is FieldType.Number or FieldType.WholeNumber,
        VariableType.Text => field.Type == FieldType.Text,
        VariableType.Date => field is { Type: FieldType.Text, Format: null or "date" },
        VariableType.List => field.Type == FieldType.List,
    };

    static IEnumerable<Finding> PeopleRules(ProcessDefinition definition, Step step)
    {
        foreach (var assignment in step.Assignments.Concat(step.Levels.SelectMany(level => level.Assignments)))
        {
            switch (assignment)
            {
                case { Kind: AssignmentKind.DoerOf, Name: var earlier } when earlier == step.Id || definition.FindStep(earlier) is null:
                    yield return Fault(
                        step.Id, "unknown-step", $"ไม่มีขั้นตอน \"{earlier}\" ที่จะมอบงานให้ผู้ทำ",
                        $"It is for whoever did \"{earlier}\", which is not another step.");
                    break;
                case { Kind: AssignmentKind.Variable, Name: var name }:
                    foreach (var finding in FieldCheck.Variable(definition, step.Id, name, VariableType.Text))
                        yield return finding;
                    break;
                case { Kind: AssignmentKind.Responsible, Name: { Length: > 0 } name }:
                    foreach (var finding in FieldCheck.Variable(definition, step.Id, name, VariableType.Text))
                        yield return finding;
                    break;
            }
        }

        if (!step.Assignments.IsEmpty && (!step.Levels.IsEmpty || step.Committee is not null || step.ForEach is not null))
        {
            yield return Fault(
                step.Id, "not-one-task", "ขั้นตอนที่มีหลายงานใช้ assignTo ไม่ได้ ให้ระบุที่ระดับ รายชื่อกรรมการ หรือรายการ",
                "A step of several tasks is not for one person; say it of each level, of the members or of the list.");
        }

        foreach (var other in step.Shows.Where(id => id != Step.Requester && definition.FindStep(id) is null))
        {
            yield return Fault(
                step.Id, "unknown-step", $"ไม่มีขั้นตอน \"{other}\" ที่จะแสดงคำตอบ",
                $"It is to show the answers of \"{other}\", which is no step.");
        }

        foreach (var other in step.NotDoneBy.Where(id => id != Step.Requester && (id == step.Id || definition.FindStep(id) is null)))
        {
            yield return Fault(
                step.Id, "unknown-step", $"ไม่มีขั้นตอน \"{other}\" ที่ห้ามทำโดยคนเดียวกัน",
                $"It may not be done by whoever did \"{other}\", which is not another step.");
        }

        foreach (var level in step.Levels)
        {
            if (!Roles.Acting.Contains(level.Role))
            {
                yield return Fault(
                    step.Id, "unknown-role", $"ไม่รู้จักบทบาท \"{level.Role}\"",
                    $"Unknown role \"{level.Role}\"; known are {string.Join(", ", Roles.Acting)}.");
            }

            foreach (var finding in FieldCheck.Limit(step.Id, level.Deadline))
                yield return finding;
            if (level.Deadline is { NeedsDate: true })
            {
                yield return Fault(
                    step.Id, "no-event", "กำหนดเวลาของระดับอนุมัตินับจากวันที่ไม่ได้",
                    "The limit of a level cannot rest on a date of the case.");
            }
        }

        if (!step.Levels.IsEmpty && step.DeadlineSharedWith is not null)
        {
            yield return Fault(
                step.Id, "unknown-shared-clock", "การอนุมัติหลายระดับรวมเวลากับขั้นตอนอื่นไม่ได้",
                "An approval with levels cannot share another step's time.");
        }

        if (step.DeadlineSharedWith is { } shared && definition.FindStep(shared) is { } owner
            && owner.Levels.Any(level => level.Deadline is not null))
        {
            yield return Fault(
                step.Id, "unknown-shared-clock", $"รวมเวลากับ \"{shared}\" ไม่ได้ เพราะแต่ละระดับอนุมัติมีกำหนดเวลาของตนเอง",
                $"It cannot share the time of \"{shared}\", whose levels have limits of their own.");
        }
    }

    static IEnumerable<Finding> ManyRules(ProcessDefinition definition, Step step)
    {
        var kinds = (step.Levels.IsEmpty ? 0 : 1) + (step.Committee is null ? 0 : 1) + (step.ForEach is null ? 0 : 1);
        if (kinds > 1)
        {
            yield return Fault(
                step.Id, "two-kinds", "ขั้นตอนเป็นได้อย่างเดียว: หลายระดับ คณะกรรมการ หรือหลายราย",
                "A step has levels, a committee or a list; only one of them.");
        }

        if (!step.IsApproval && (!step.Levels.IsEmpty || step.Committee is not null))
            yield return Fault(step.Id, "not-an-approval", "มีได้เฉพาะขั้นตอนอนุมัติ", "Levels and committees belong to an approval.");
        if (step.IsApproval && step.ForEach is not null)
        {
            yield return Fault(
                step.Id, "not-a-task", "ขั้นตอนอนุมัติทำหลายรายไม่ได้ ให้ใช้คณะกรรมการ",
                "An approval cannot be done for a list; use a committee.");
        }

        if (step.MayFail && kinds > 0)
        {
            yield return Fault(
                step.Id, "cannot-fail", "ขั้นตอนที่มีหลายงานใช้ทางออก Fail ไม่ได้", "A step of several tasks has no way out for failure.");
        }

        if (step.Committee is not null && definition.ReturnTargets(step).Any())
        {
            yield return Fault(
                step.Id, "unknown-return-target", "มติคณะกรรมการส่งกลับไม่ได้ ให้ใช้ทางออกไม่เห็นชอบ",
                "A committee refuses; it does not return.");
        }

        if (step.ForEach is not null && definition.ReturnTargets(step).Any())
            yield return Fault(step.Id, "unknown-return-target", "งานหลายรายส่งกลับไม่ได้", "Work for a list is not returned.");

        foreach (var list in new[] { step.Committee?.MembersFrom, step.ForEach?.List }.OfType<string>())
        {
            foreach (var finding in FieldCheck.Variable(definition, step.Id, list, VariableType.List))
                yield return finding;
        }

        if (step.Committee?.ChairFrom is { } chair)
        {
            foreach (var finding in FieldCheck.Variable(definition, step.Id, chair, VariableType.Text))
                yield return finding;
        }

        if (step.Committee is { Rule: VotingRule.Quorum, Quorum: < 1 })
            yield return Fault(step.Id, "invalid-quorum", "องค์ประชุมต้องไม่น้อยกว่า 1", "The quorum must be at least 1.");
        if (step.ForEach is { GoOn: GoOnRule.Percent, Percent: < 1 or > 100 })
            yield return Fault(step.Id, "invalid-percent", "ร้อยละต้องอยู่ระหว่าง 1 ถึง 100", "The percentage must be between 1 and 100.");
        if (step.ForEach is { GoOn: GoOnRule.Deadline } && step.Deadline is null)
            yield return Fault(step.Id, "no-deadline", "ไม่มีกำหนดเวลาที่จะรอถึง", "It waits until its deadline, and has none.");
        if (step.ForEach?.CollectInto is { } into)
        {
            foreach (var finding in FieldCheck.Variable(definition, step.Id, into, VariableType.List))
                yield return finding;
        }

        foreach (var timer in step.Timers)
        {
            foreach (var finding in FieldCheck.Limit(step.Id, timer.After))
                yield return finding;
            if (timer.After.NeedsDate)
            {
                yield return Fault(
                    step.Id, "no-event", "ตัวจับเวลาบนขั้นตอนนับจากวันที่ของเรื่องไม่ได้",
                    "A timer on a step cannot rest on a date of the case.");
            }
        }

        if (step.RequiredPorts.GroupBy(p => p).Any(g => g.Count() > 1))
            yield return Fault(step.Id, "duplicate-branch", "ทางออกของขั้นตอนมีชื่อซ้ำกัน", "Two ways out of the step have one name.");
    }
}
