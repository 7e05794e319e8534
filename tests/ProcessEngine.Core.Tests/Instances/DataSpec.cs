using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>Data of a case is looked at alike, whichever door it comes in by.</summary>
public sealed class DataSpec
{
    /// <summary>The doors: how a story of a case gets to one, and the command that brings data in by it.</summary>
    static readonly Dictionary<string, Func<Story, ImmutableSortedDictionary<string, string>, Story>> Doors = new()
    {
        ["start"] = (story, data) => story.Do(new StartProcess
        {
            By = Story.Of(Story.Requester, Roles.Officer),
            InstanceId = Story.Person(500),
            Office = "demo",
            Title = "เรื่อง",
            Variables = data,
        }),
        ["change"] = (story, data) => story.Starts().Do(new ChangeVariables(data, null) { By = Story.Boss }),
        ["outputs"] = (story, data) => story.Starts().Do(
            new CompleteTask { By = Story.Boss, TaskId = story.State.OpenTasks.Single().TaskId, Outputs = data }),
        ["message"] = (story, data) => story.Starts().Completes("work").Do(new ReceiveMessage("reply", null, data) { By = Story.Boss }),
    };

    static IEnumerable<string> DoorNames => Doors.Keys;

    static Drawing ACase() => Drawing.Of("start -> work -> hear -> after -> end")
        .With(Drawing.Task("work", Roles.Director))
        .With(new MessageNode("hear", "reply", null));

    static Drawing WithData() => ACase().Knows("day", VariableType.Date).Knows("amount", VariableType.Number).Knows("note", VariableType.Text)
        .Knows("schools", VariableType.List).Knows("urgent", VariableType.Boolean);

    static Rejection? Given(string door, Drawing drawing, string name, string json) =>
        Doors[door](new Story(drawing), ImmutableSortedDictionary<string, string>.Empty.Add(name, json)).Refusal;

    static readonly (string Name, string Json, string Says)[] Refused =
    [
        ("day", "\"2569-12-08\"", "write 2026"),
        ("day", "\"2026-12-08Tfoo\"", "Gregorian"),
        ("day", "\"2026-12-08T09:00:00\"", "Gregorian"),
        ("day", "\"2026-02-30\"", "Gregorian"),
        ("day", "\"๒๐๒๖-๑๒-๐๘\"", "Gregorian"),
        ("day", "\"8/12/2569\"", "Gregorian"),
        ("day", "\"0001-01-01\"", "before 1900"),
        ("day", "20261208", "type Date"),
        ("amount", "\"5\"", "type Number"),
        ("amount", "1e400", "type Number"),
        ("note", "7", "type Text"),
        ("note", "\"a\\u0000b\"", "control characters"),
        ("note", "\"\\ud800\"", "broken characters"),
        ("schools", "[\"\\udc00\"]", "broken characters"),
        ("schools", "[null]", "texts or numbers"),
        ("schools", "[{\"a\":1}]", "texts or numbers"),
        ("schools", "\"วัดใหม่\"", "type List"),
        ("urgent", "\"true\"", "type Boolean"),
    ];

    [Test]
    public void What_is_not_of_its_type_or_no_text_is_refused_with_its_name([ValueSource(nameof(DoorNames))] string door)
    {
        foreach (var (name, json, says) in Refused)
        {
            var refusal = Given(door, WithData(), name, json).ShouldBeOfType<VariableInvalid>(json);
            (refusal.Name, refusal.Reason!.En.Contains(says, StringComparison.Ordinal)).ShouldBe((name, true), refusal.Reason.En);
        }
    }

    [Test]
    public void What_is_of_its_type_is_taken([ValueSource(nameof(DoorNames))] string door)
    {
        foreach (var (name, json) in new[]
        {
            ("day", "\"2026-12-08\""), ("day", "\"2024-02-29\""), ("day", "null"), ("amount", "1.50"), ("note", "\"น้ำ\\n๑\""), ("schools", "[]"),
            ("schools", "[\"วัดใหม่\",2]"), ("urgent", "false"),
        })
            Given(door, WithData(), name, json).ShouldBeNull(json);
    }

    [Test]
    public void Nothing_goes_on_for_ever([ValueSource(nameof(DoorNames))] string door)
    {
        Given(door, WithData(), "note", $"\"{new string('ก', 10_001)}\"").ShouldBeOfType<VariableInvalid>().Name.ShouldBe("note");
        Given(door, WithData(), "schools", $"[{string.Join(',', Enumerable.Repeat("1", 501))}]").ShouldBeOfType<VariableInvalid>()
            .Name.ShouldBe("schools");
        Given(door, WithData(), "schools", $"[{string.Join(',', Enumerable.Repeat("1", 500))}]").ShouldBeNull();
    }

    [Test]
    public void Nothing_is_taken_that_the_definition_does_not_declare_even_if_it_declares_nothing([ValueSource(nameof(DoorNames))] string door)
    {
        Given(door, WithData(), "nonsense", "1").ShouldBeOfType<VariableUndeclared>().Name.ShouldBe("nonsense");
        Given(door, ACase(), "note", "1").ShouldBeOfType<VariableUndeclared>().Name.ShouldBe("note");
    }

    [Test]
    public void What_no_database_keeps_is_named_as_that_however_deep_it_lies([ValueSource(nameof(DoorNames))] string door)
    {
        Given(door, ACase(), "note", "{\"a\":[\"\\u0000\"]}").ShouldBeOfType<VariableInvalid>().Name.ShouldBe("note");
        Given(door, ACase(), "note", "{\"\\ud800\":1}").ShouldBeOfType<VariableInvalid>().Name.ShouldBe("note");
    }

    [Test]
    public void A_date_that_the_calendar_does_not_reach_is_refused_and_named([ValueSource(nameof(DoorNames))] string door)
    {
        var drawing = Drawing.Of("start -> fork", "fork -> work -> hear -> join", "fork -> prepare -> join", "join -> end")
            .With(Drawing.Task("work", Roles.Director))
            .With(Drawing.Task("prepare", Roles.Clerk, new WorkingDaysBeforeEvent(3)) with { DeadlineDateFrom = "day" })
            .With(new MessageNode("hear", "reply", null))
            .Knows("day", VariableType.Date);
        var data = ImmutableSortedDictionary<string, string>.Empty.Add("day", "\"2099-01-01\"");
        var story = new Story(drawing);
        if (door == "outputs")
        {
            story.Starts().Do(new CompleteTask
            {
                By = Story.Boss,
                TaskId = story.State.OpenTasks.Single(t => t.StepId == "work").TaskId,
                Outputs = data,
            });
        }
        else
        {
            Doors[door](story, data);
        }

        story.Refusal.ShouldBeOfType<DateOutsideCalendar>().Field.ShouldBe("day");
    }

    [Test]
    public void Nor_is_a_date_too_far_ahead_taken_where_nothing_counts_from_it_yet([ValueSource(nameof(DoorNames))] string door)
    {
        Given(door, WithData(), "day", "\"2200-01-01\"").ShouldBeOfType<DateOutsideCalendar>().Field.ShouldBe("day");
        Given(door, WithData(), "day", "\"1999-12-31\"").ShouldBeNull("what has been may be long ago");
    }

    [Test]
    public void A_default_that_nobody_could_give_is_refused_before_anything_runs() =>
        DefinitionCheck.Run(new ProcessDefinition(
            "test.case", 1, new("ทดสอบ", "test"), [new StartNode("start"), Drawing.Task("work"), new EndNode("end", "completed")],
            [new("start", Ports.Done, "work"), new("work", Ports.Done, "end")])
        {
            Variables = [new("day", VariableType.Date) { Default = "\"2569-12-08\"" }],
        }).Select(f => f.Code).ShouldBe(["invalid-default"]);

    [TestCase("""{"type":"string","format":"date-time"}""", VariableType.Date, false)]
    [TestCase("""{"type":"string","format":"date"}""", VariableType.Date, true)]
    [TestCase("""{"type":"string"}""", VariableType.Date, true)]
    [TestCase("""{"type":"number"}""", VariableType.Text, false)]
    [TestCase("""{"type":"integer"}""", VariableType.Number, true)]
    [TestCase("""{"type":"array","items":{"type":"string"}}""", VariableType.Text, false)]
    [TestCase("""{"type":"array","items":{"type":"string"}}""", VariableType.List, true)]
    [TestCase("""{"type":"boolean"}""", VariableType.Boolean, true)]
    public void A_form_that_nobody_could_fill_in_is_refused_before_anything_runs(string field, VariableType type, bool sound)
    {
        var (form, problems) = Core.Forms.FormSchema.Read("{\"type\":\"object\",\"properties\":{\"value\":" + field + "}}");
        problems.ShouldBeEmpty();
        var drawing = Drawing.Of("start -> work -> end").With(Drawing.Task("work") with { Form = form }).Knows("value", type);
        DefinitionCheck.Run(drawing.Definition()).Select(f => (f.ActivityId, f.Code)).ShouldBe(sound ? [] : [("work", "form-field-type")]);
    }

    static IEnumerable<DeadlineRule> OutOfReach() =>
    [
        new WorkingDays(3650), new WorkingDaysRange(1, 2501), new WorkingDaysBeforeEvent(1251), new CalendarDaysBeforeEvent(1827),
    ];

    [TestCaseSource(nameof(OutOfReach))]
    public void A_limit_that_no_calendar_reaches_is_refused_before_anything_runs(DeadlineRule rule)
    {
        var drawing = Drawing.Of("start -> work -> end")
            .With(Drawing.Task("work", Roles.Officer, rule) with { DeadlineDateFrom = "day" }).Knows("day", VariableType.Date);
        DefinitionCheck.Run(drawing.Definition()).Select(f => (f.ActivityId, f.Code)).ShouldBe([("work", "invalid-deadline")]);
    }

    [Test]
    public void The_longest_limit_of_each_kind_can_be_counted_from_every_day_of_the_table()
    {
        DeadlineRule[] longest =
        [
            new WorkingDays(DeadlineRule.MaxWorkingDays), new WorkingDaysRange(1, DeadlineRule.MaxWorkingDays),
            new CalendarDays(DeadlineRule.MaxDays), new WorkingMinutes(DeadlineRule.MaxMinutes),
            new WorkingDaysBeforeEvent(DeadlineRule.MaxWorkingDaysBefore), new CalendarDaysBeforeEvent(DeadlineRule.MaxDaysBefore),
        ];
        foreach (var rule in longest)
        {
            DeadlineRule.OutOfReach(rule).ShouldBeNull();
            var last = Story.At($"{Story.Calendar.Coverage.LastYear}-12-31 16:00");
            Should.NotThrow(() => DeadlineCalculation.Compute(rule, last, Story.Calendar, BangkokTime.DateOf(last)));
        }
    }
}
