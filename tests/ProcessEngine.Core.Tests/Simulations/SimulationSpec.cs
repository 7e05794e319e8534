using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Simulations;

namespace ProcessEngine.Core.Tests.Simulations;

/// <summary>A trial run tells what the definition, the people and the calendar make of the assumptions, and nothing else.</summary>
public sealed class SimulationSpec
{
    static readonly WorkingCalendar Calendar = WorkingCalendar.Build("national", 1, null, [], [], new CalendarCoverage(2026, 2040, 2040));

    /// <summary>A Monday, 08:30 in Bangkok.</summary>
    static readonly DateTimeOffset Monday = BangkokTime.At(new DateOnly(2026, 3, 2), WorkingHours.Open);

    static Step Work(string id, string role, StepType type = StepType.Task, DeadlineRule? limit = null) =>
        new(id) { Type = type, Name = new(id, id), Role = role, Deadline = limit };

    /// <summary>plan → approve (reject: back to plan) → end.</summary>
    static readonly ProcessDefinition PlanAndApprove = new(
        "test.plan", 1, new("แผน", "plan"),
        [
            new StartNode("start"), Work("plan", Roles.Officer, limit: new WorkingDays(1)),
            Work("approve", Roles.Director, StepType.Approval), new EndNode("end", "completed"),
        ],
        [
            new("start", Ports.Done, "plan"), new("plan", Ports.Done, "approve"), new("approve", Ports.Approve, "end"),
            new("approve", Ports.Reject, "plan"), new("approve", Ports.Return, "plan"),
        ]);

    static SimulationPlan One(int minutes) =>
        new() { Cases = 1, From = Monday, ArrivalsPerWorkingDay = 1, OtherWork = WorkTime.Exactly(minutes) };

    [TestCase(60, 0)]
    [TestCase(420, 2)]
    [TestCase(840, 4)]
    public void One_case_takes_the_working_time_of_its_steps(int minutes, int days)
    {
        var result = Simulation.Run(PlanAndApprove, One(minutes), Calendar);
        result.Ended.ShouldBe(1);
        result.LeadTime.Median.ShouldBe(days);
        result.Steps.ShouldAllBe(s => s.Passes == 1);
    }

    [Test]
    public void A_case_that_is_rejected_for_ever_stays_unfinished_and_ends_no_later_than_its_bound()
    {
        var plan = One(0) with { Cases = 3 };
        var result = Simulation.Run(PlanAndApprove, plan with { Outcomes = plan.Outcomes.Add("approve", new Outcomes(Reject: 1)) }, Calendar);
        (result.Ended, result.Unfinished).ShouldBe((0, 3));
        result.Steps.ShouldAllBe(s => s.Passes > 100 && s.Passes <= SimulationPlan.MaxStepsOfCase);
    }

    [Test]
    public void Work_that_takes_longer_than_its_limit_is_late()
    {
        Simulation.Run(PlanAndApprove, One(420), Calendar).Steps[0].LateShare.ShouldBe(0);
        Simulation.Run(PlanAndApprove, One(900), Calendar).Steps[0].LateShare.ShouldBe(1);
    }

    [Test]
    public void Three_cases_at_once_for_one_officer_queue_and_for_three_do_not()
    {
        var alone = One(420) with { Cases = 3, ArrivalsPerWorkingDay = 10_000 };
        Simulation.Run(PlanAndApprove, alone, Calendar).Roles.Single(r => r.Role == Roles.Officer).MaxWaiting.ShouldBe(2);
        var three = alone with { People = alone.People.Add(Roles.Officer, 3) };
        Simulation.Run(PlanAndApprove, three, Calendar).Roles.Single(r => r.Role == Roles.Officer).MaxWaiting.ShouldBe(0);
    }

    [Test]
    public void A_refusal_in_every_second_case_sends_each_case_through_the_plan_twice_on_average()
    {
        var plan = One(10) with
        {
            Cases = 4_000,
            ArrivalsPerWorkingDay = 20,
            Outcomes = ImmutableDictionary<string, Outcomes>.Empty.Add("approve", new Outcomes(Reject: 0.5)),
        };
        var result = Simulation.Run(PlanAndApprove, plan, Calendar);
        result.Ended.ShouldBe(4_000);
        result.Steps[0].Passes.ShouldBe(2, 0.1);
        result.EndedAs["completed"].ShouldBe(4_000);
    }

    [Test]
    public void The_same_seed_gives_the_same_result_and_another_seed_another()
    {
        var plan = One(60) with { Cases = 300, ArrivalsPerWorkingDay = 5, OtherWork = WorkTime.Around(90) };
        string Run(SimulationPlan p) => JsonSerializer.Serialize(Simulation.Run(PlanAndApprove, p, Calendar));
        Run(plan).ShouldBe(Run(plan));
        Run(plan).ShouldNotBe(Run(plan with { Seed = 2 }));
    }

    [Test]
    public void A_case_that_nobody_ever_approves_is_unfinished_when_the_calendar_ends()
    {
        var plan = One(10_000) with { Outcomes = ImmutableDictionary<string, Outcomes>.Empty.Add("approve", new Outcomes(Reject: 1)) };
        var result = Simulation.Run(PlanAndApprove, plan, Calendar);
        (result.Ended, result.Unfinished).ShouldBe((0, 1));
    }

    [Test]
    public void Four_eyes_are_two_people_also_when_both_hold_one_role()
    {
        var definition = new ProcessDefinition(
            "test.four-eyes", 1, new("สองคน", "two"),
            [
                new StartNode("start"), Work("do", Roles.Officer), Work("check", Roles.Officer) with { NotDoneBy = ["do"] },
                new EndNode("end", "completed"),
            ],
            [new("start", Ports.Done, "do"), new("do", Ports.Done, "check"), new("check", Ports.Done, "end")]);
        var plan = One(60) with { Cases = 50, ArrivalsPerWorkingDay = 3 };
        Simulation.Run(definition, plan with { People = plan.People.Add(Roles.Officer, 2) }, Calendar).Ended.ShouldBe(50);
        Simulation.Run(definition, plan, Calendar).Unfinished.ShouldBe(50);
    }

    [Test]
    public void A_plan_that_makes_no_sense_is_refused()
    {
        Wrong(One(1) with { Cases = SimulationPlan.MaxCases + 1 }).ShouldContain("cases");
        Wrong(One(1) with { OtherWork = WorkTime.Between(5, 1) }).ShouldContain("working time");
        var likely = ImmutableDictionary<string, Outcomes>.Empty.Add("approve", new Outcomes(0.8, 0.8));
        Wrong(One(1) with { Outcomes = likely }).ShouldContain("probabilities");
        var misspelt = ImmutableDictionary<string, Outcomes>.Empty.Add("aprove", new Outcomes(0.5));
        Wrong(One(1) with { Outcomes = misspelt }).ShouldContain("no step \"aprove\"");
        Wrong(One(1) with { People = ImmutableDictionary<string, int>.Empty.Add("janitor", 1) }).ShouldContain("no role \"janitor\"");

        static string Wrong(SimulationPlan plan) => Simulation.Problem(PlanAndApprove, plan).ShouldNotBeNull().En;
    }
}
