using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Tests.Instances;

namespace ProcessEngine.Core.Tests;

/// <summary>
/// A kind that somebody adds is known everywhere, or a test says where it is not. A member of an enum that a switch leaves out does not
/// compile (CS8509); the closed families of records are walked here, past every place that tells their kinds apart.
/// </summary>
public sealed class EveryKindSpec
{
    static readonly Moment Now = Moment.At(Story.At("2026-03-02 09:00"), Story.Calendar);

    static readonly ProcessDefinition Definition = Drawing.Of("start -> work -> end").Definition();

    static IEnumerable<Type> KindsOf(Type family) => family.Assembly.GetTypes().Where(t => t.IsSubclassOf(family) && !t.IsAbstract);

    static IEnumerable<Type> Events() => KindsOf(typeof(ProcessEvent));
    static IEnumerable<Type> Commands() => KindsOf(typeof(ProcessCommand));
    static IEnumerable<Type> Rules() => KindsOf(typeof(DeadlineRule));
    static IEnumerable<Type> Nodes() => KindsOf(typeof(Node));

    [TestCaseSource(nameof(Events))]
    public void Every_event_is_folded(Type kind) =>
        Knows(() => ProcessState.Evolve(ProcessState.NotStarted, Recorded(kind)));

    [TestCaseSource(nameof(Events))]
    public void Of_every_event_it_is_said_whom_it_is_told(Type kind) => Knows(() => Notice.For(ProcessState.NotStarted, Recorded(kind)));

    [TestCaseSource(nameof(Events))]
    public void Of_every_event_it_is_said_whether_it_ends_a_task(Type kind) => Knows(() => TaskOutcomes.Of(Empty<ProcessEvent>(kind)));

    [Test]
    public void Every_decision_on_a_task_ends_it() =>
        KindsOf(typeof(DecisionEvent)).Select(kind => TaskOutcomes.Of(Empty<ProcessEvent>(kind))).ShouldAllBe(outcome => outcome != null);

    [Test]
    public void Every_command_is_answered_in_every_state_of_a_case(
        [ValueSource(nameof(Commands))] Type kind, [Values] InstanceStatus status)
    {
        var command = Empty<ProcessCommand>(kind) with { By = Actor.System };
        Knows(() => ProcessDecider.Decide(Definition, ProcessState.NotStarted with { Status = status }, command, Now));
    }

    [TestCaseSource(nameof(Commands))]
    public void Every_act_on_a_task_has_a_name(Type kind)
    {
        if (!kind.IsSubclassOf(typeof(TaskCommand)))
            return;
        var state = new Story(Drawing.Of("start -> work -> end")).Starts().State;
        var command = Empty<TaskCommand>(kind) with { By = Actor.System, TaskId = state.OpenTasks[0].TaskId };
        Knows(() => ProcessDecider.Decide(Definition, state, command, Now));
    }

    [TestCaseSource(nameof(Rules))]
    public void Every_limit_is_counted_explained_continued_checked_written_and_said(Type kind)
    {
        var rule = ARule(kind);
        var (received, day) = (Now.Now, new DateOnly(2026, 6, 1));
        Knows(() => DeadlineCalculation.Compute(rule, received, Now.Calendar, day));
        Knows(() => DeadlineCalculation.Explain(rule, received, Now.Calendar, day));
        Knows(() => ClockArithmetic.Continued(
            ClockArithmetic.Terms(rule, DeadlineSource.Manual, received, day, Now.Calendar), received, received.AddHours(1), Now.Calendar));
        Knows(() => DeadlineRule.Problems(rule));
        Knows(() => DeadlineRuleFields.Write(rule).ToList());
        Knows(() => DefinitionDiff.Words(rule));
    }

    [Test]
    public void Every_rung_comes_by_some_policy()
    {
        var all = (EscalationPolicy)Constructed(typeof(EscalationPolicy), days: 3);
        var due = Now.Calendar.AddWorkingDays(new DateOnly(2026, 3, 2), 30);
        all.RungsFor(Now.Now, BangkokTime.At(due, WorkingHours.Close), Roles.GroupDirector, Now.Calendar).Select(r => r.Kind)
            .ShouldBe(Enum.GetValues<RungKind>(), ignoreOrder: true);
    }

    [Test]
    public void Every_role_has_a_name_and_a_supervisor() =>
        typeof(Roles).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)
            .Select(f => (string)f.GetRawConstantValue()!).ShouldBe(Roles.All, ignoreOrder: true);

    [TestCaseSource(nameof(Nodes))]
    public void Every_box_is_checked_compared_and_entered(Type kind)
    {
        var node = ANode(kind);
        var definition = new ProcessDefinition(
            "test.kinds", 1, new("ทดสอบ", "test"), [new StartNode("start"), node], [new("start", Ports.Done, node.Id)]);
        Knows(() => DefinitionCheck.Run(definition));
        Knows(() => DefinitionWarnings.Of(definition));
        Knows(() => DefinitionDiff.Between(definition, definition));
        var start = new StartProcess { By = Actor.System, InstanceId = Story.Person(1), Office = "demo", Title = "" };
        Knows(() => ProcessDecider.Decide(definition, ProcessState.NotStarted, start, Now));
    }

    /// <summary>Something of a kind, with nothing in it: whoever asks for its kind only finds that out.</summary>
    static T Empty<T>(Type kind) => (T)RuntimeHelpers.GetUninitializedObject(kind);

    static RecordedEvent Recorded(Type kind) => new(1, Now.Now, null, Empty<ProcessEvent>(kind));

    static DeadlineRule ARule(Type kind) => (DeadlineRule)Constructed(kind);

    static Node ANode(Type kind) => kind == typeof(Step) ? Drawing.Task("box") : (Node)Constructed(kind);

    static object Constructed(Type kind, int? days = null)
    {
        var constructor = kind.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => days ?? ValueOf(parameter))]);
    }

    static object? ValueOf(ParameterInfo parameter) => parameter.ParameterType switch
    {
        _ when parameter.HasDefaultValue => parameter.DefaultValue,
        var type when type == typeof(string) => parameter.Position == 0 ? "box" : "x",
        var type when type == typeof(int) => 3,
        var type when type == typeof(MonthDay) => new MonthDay(10 + parameter.Position, 1),
        var type when type == typeof(ImmutableArray<DecisionBranch>) => ImmutableArray<DecisionBranch>.Empty,
        var type => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type) : null,
    };

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
