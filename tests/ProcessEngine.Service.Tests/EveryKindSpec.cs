using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>A kind that somebody adds to the core has its words and its place in the service, or a test says where it has none.</summary>
public sealed class EveryKindSpec
{
    [Test]
    public void Every_kind_of_step_is_read_from_a_definition_and_offered_in_Studio([Values] StepType type)
    {
        var activity = DefinitionEndpoints.ToNodeView(new Step("step") { Type = type, Name = new("ขั้นตอน", "step"), Role = Roles.Officer }).Type;
        StudioActivities.All.Select(a => a.Name).ShouldContain(activity);
        StudioActivities.IsStep(StudioActivities.Prefix + activity).ShouldBeTrue();
        var read = ElsaDefinitionReader.Read(
            $$$"""
            {"definitionId":"test.step","name":"ทดสอบ","root":{"type":"Elsa.Flowchart","connections":[],
            "activities":[{"id":"step","type":"ProcessEngine.{{{activity}}}","nameTh":"ขั้นตอน","role":"officer"}]}}
            """,
            1);
        read.Findings.Select(f => f.Code).ShouldNotContain("unknown-activity-type");
    }

    static readonly Words[] Languages = [In("th"), In("en")];

    static Words In(string language) => new(new HttpContextAccessor
    {
        HttpContext = new DefaultHttpContext { Request = { Headers = { Cookie = $"{Words.Cookie}={language}" } } },
    });

    static IEnumerable<string> Constants(Type names) =>
        names.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);

    static IEnumerable<Type> KindsOf(Type family) => family.Assembly.GetTypes().Where(t => t.IsSubclassOf(family) && !t.IsAbstract);

    static IEnumerable<string> Outcomes() => Constants(typeof(TaskOutcomes));
    static IEnumerable<string> Notices() => Constants(typeof(NoticeKinds));
    static IEnumerable<Type> Events() => KindsOf(typeof(ProcessEvent));
    static IEnumerable<Type> Limits() => KindsOf(typeof(DeadlineRule));
    static IEnumerable<Type> Boxes() => KindsOf(typeof(Node));

    [TestCaseSource(nameof(Outcomes))]
    public void How_a_task_ended_has_words(string outcome)
    {
        foreach (var w in Languages)
            CaseWords.Outcome(w, outcome).ShouldNotBeEmpty();
        CaseWords.Outcome(Languages[0], outcome).ShouldNotBe(outcome);
        Memo.Outcome(outcome).ShouldNotBeEmpty();
        Problems.OutcomeTh(outcome).ShouldNotBe(outcome);
    }

    [Test]
    public void The_status_of_a_case_has_words([Values] InstanceStatus status)
    {
        if (status != InstanceStatus.NotStarted)
            CaseWords.Status(Languages[0], StatusNames.Of(status)).Text.ShouldNotBe(StatusNames.Of(status));
    }

    [TestCaseSource(nameof(Notices))]
    public void A_notice_has_words(string kind) => NoticeWords.Of(kind).Th.ShouldNotBeEmpty();

    [Test]
    public void A_channel_has_a_class_and_each_class_is_a_channel() =>
        KindsOfInterface<INotificationChannel>().Select(NameOf).ShouldBe(NotificationChannels.Names, ignoreOrder: true);

    static IEnumerable<Type> KindsOfInterface<T>() => typeof(T).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(T)));

    static string NameOf(Type channel) => ((INotificationChannel)RuntimeHelpers.GetUninitializedObject(channel)).Name;

    [Test]
    public void Each_incident_has_words_of_its_own() =>
        Constants(typeof(IncidentCodes)).Select(code => IncidentView.TextOf(code, "x").En).ShouldBeUnique();

    [TestCaseSource(nameof(Limits))]
    public void A_limit_has_words(Type kind) => Knows(() => RuleWords.Of(Languages[0], Empty<DeadlineRule>(kind)));

    [TestCaseSource(nameof(Limits))]
    public void A_limit_can_be_chosen_in_Studio(Type kind) => StudioActivities.All.Single(a => a.Name == "UserTask")
        .Inputs(StudioSurroundings.None).Single(i => i.Name == "SlaRule").Options!.Select(o => o.Value)
        .ShouldContain(Empty<DeadlineRule>(kind).Name);

    [Test]
    public void When_each_rung_comes_can_be_set_in_Studio()
    {
        var days = StudioActivities.All.Single(a => a.Name == "UserTask").Inputs(StudioSurroundings.None).Select(i => i.Name)
            .Where(name => name.StartsWith("Remind", StringComparison.Ordinal) || name.StartsWith("Escalate", StringComparison.Ordinal))
            .Select(name => $"\"{JsonNamingPolicy.CamelCase.ConvertName(name)}\":7");
        var read = ElsaDefinitionReader.Read(
            $$$"""
            {"definitionId":"test.rungs","name":"ทดสอบ","root":{"type":"Elsa.Flowchart","connections":[],
            "activities":[{"id":"step","type":"ProcessEngine.UserTask","nameTh":"ขั้นตอน","role":"officer",{{{string.Join(',', days)}}} }]}}
            """,
            1);
        var policy = read.Definition.ShouldNotBeNull().FindStep("step").ShouldNotBeNull().Escalation;
        typeof(EscalationPolicy).GetProperties().Where(p => p.PropertyType == typeof(int?)).Select(p => p.GetValue(policy))
            .ShouldAllBe(set => Equals(set, 7));
    }

    [TestCaseSource(nameof(Boxes))]
    public void A_box_has_a_name_for_programs(Type kind) => Knows(() => DefinitionEndpoints.ToNodeView(Empty<Node>(kind)));

    [TestCaseSource(nameof(Events))]
    public void An_event_is_told_or_left_to_the_machine(Type kind)
    {
        var history = new PlainHistory(
            Languages[0], Empty<ProcessDefinition>(typeof(ProcessDefinition)), OfficeKind.Area, new Dictionary<Guid, string>(),
            new Dictionary<Guid, string>());
        Knows(() => history.Sentence(Empty<ProcessEvent>(kind)));
    }

    [Test]
    public void An_act_on_a_task_has_words_and_a_command()
    {
        foreach (var act in ActOnUserTask.Actions)
        {
            Knows(() => PossibleActs.Sample(act, Empty<TaskRow>(typeof(TaskRow)), Actor.System));
            // What is voted stands on the button.
            if (act != "vote")
                ActWords.Of(Languages[0], act, StepType.Task).Label.ShouldNotBeEmpty();
        }
    }

    [Test]
    public void A_database_that_can_be_chosen_has_a_class_every_script_and_the_whole_suite()
    {
        var chosen = typeof(DatabaseOptions).GetProperty(nameof(DatabaseOptions.Provider))!
            .GetCustomAttribute<AllowedValuesAttribute>()!.Values;
        KindsOf(typeof(Database)).Select(kind => Empty<Database>(kind).Provider).ShouldBe(chosen, ignoreOrder: true);
        typeof(OnBothDatabases).GetCustomAttributes<TestFixtureAttribute>().Select(f => f.Arguments.Single())
            .ShouldBe(chosen, ignoreOrder: true);
        var scripts = typeof(Migrations).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => name.Split('.')).GroupBy(parts => parts[^2], parts => parts[^3]).ToList();
        scripts.Count.ShouldBe(chosen.Length);
        // What went before on one of them only.
        string[] exceptions = ["0030_without_quartz"];
        foreach (var ofOne in scripts)
            scripts.SelectMany(s => s).Except(ofOne).Except(exceptions).ShouldBeEmpty($"{ofOne.Key} lacks these");
    }

    /// <summary>Something of a kind, with nothing in it: whoever asks for its kind only finds that out.</summary>
    static T Empty<T>(Type kind) => (T)RuntimeHelpers.GetUninitializedObject(kind);

    /// <summary>Nothing is said of what is missing in it; only an unknown kind is a fault here.</summary>
    static void Knows(Func<object?> ask)
    {
        try
        {
            ask();
        }
        catch (Exception e) when (e is not UnreachableException and not SwitchExpressionException)
        {
        }
    }
}
