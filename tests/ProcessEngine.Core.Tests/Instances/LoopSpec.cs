using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using static ProcessEngine.Core.Tests.Instances.Drawing;

namespace ProcessEngine.Core.Tests.Instances;

/// <summary>What a loop asks and goes by is asked anew at each of its rounds; what the case brought with it stays.</summary>
public sealed class LoopSpec
{
    static Step Asks(string id, string name, string type = "boolean") => Task(id) with
    {
        Form = FormSchema.Read(JsonSerializer.Serialize(new
        {
            type = "object",
            title = "ถาม",
            properties = new Dictionary<string, object> { [name] = new { type, title = name } },
        })).Schema,
    };

    /// <summary>Improve until nobody wants another round: the question stands at the end of the loop.</summary>
    static Drawing Rounds => Of("start -> follow-up -> improve -> more", "more.Again -> follow-up", "more.Else -> report -> end")
        .With(Asks("improve", "again"), Decision("more", ("Again", "again = true"))).Knows("again", VariableType.Boolean);

    [Test]
    public void An_answer_that_is_left_out_does_not_go_round_once_more()
    {
        var story = new Story(Rounds).Starts().Completes("follow-up").Completes("improve", ("again", true)).Stands("follow-up");
        story.State.Variables.ShouldBeEmpty();
        story.Completes("follow-up").Completes("improve").Stands("report").Completes("report").Ended();
    }

    [Test]
    public void That_the_question_is_open_again_stands_in_the_history()
    {
        var story = new Story(Rounds).Starts().Completes("follow-up").Completes("improve", ("again", true));
        story.History.Select(h => h.Event).OfType<AnswersCleared>().ShouldHaveSingleItem().Names.ShouldBe(["again"]);
        story.Completes("follow-up").Completes("improve", ("again", true)).Stands("follow-up");
        story.History.Select(h => h.Event).OfType<AnswersCleared>().Count().ShouldBe(2);
    }

    [Test]
    public void What_decided_that_there_is_no_other_round_stays_with_the_case()
    {
        var story = new Story(Rounds).Starts().Completes("follow-up").Completes("improve", ("again", false)).Stands("report");
        story.State.Variables["again"].ShouldBe("false");
    }

    [Test]
    public void Whoever_takes_back_what_led_into_the_round_has_the_answer_of_before_again()
    {
        var story = new Story(Rounds).Starts().Completes("follow-up").Completes("improve", ("again", true)).Undoes().Stands("improve");
        story.State.Variables.ShouldBeEmpty();
        story.Completes("improve", ("again", false)).Stands("report");
    }

    [Test]
    public void A_loop_that_decides_at_its_head_goes_by_what_the_round_has_just_answered()
    {
        var drawing = Of("start -> more", "more.Again -> improve -> more", "more.Else -> end")
            .With(Asks("improve", "again"), Decision("more", ("Again", "again = true"))).Knows("again", VariableType.Boolean);
        var story = new Story(drawing).Starts(("again", true)).Completes("improve", ("again", true)).Stands("improve");
        story.State.Variables.ShouldBeEmpty();
        story.Completes("improve").Ended();
    }

    [Test]
    public void What_came_with_the_start_and_nobody_in_the_loop_asks_for_decides_every_round()
    {
        var drawing = Of(
            "start -> plan -> size", "size.Large -> director -> end", "size.Else -> head", "head.Approve -> end", "head.Reject -> plan",
            "head.Return -> plan").With(Approval("head"), Decision("size", ("Large", "amount > 100000")))
            .Knows("amount", VariableType.Number);
        var story = new Story(drawing).Starts(("amount", 500)).Completes("plan").Rejects("head").Stands("plan");
        story.State.Variables["amount"].ShouldBe("500");
        story.Completes("plan").Stands("head");
    }

    static Drawing PlanOfASize => Of(
        "start -> plan -> size", "size.Large -> director -> end", "size.Else -> head", "head.Approve -> end", "head.Reject -> plan",
        "head.Return -> plan").With(Asks("plan", "large"), Approval("head"), Decision("size", ("Large", "large")))
        .Knows("large", VariableType.Boolean);

    [Test]
    public void A_refused_plan_says_its_size_again() =>
        new Story(PlanOfASize).Starts().Completes("plan", ("large", false)).Rejects("head").State.Variables.ShouldBeEmpty();

    [Test]
    public void A_returned_plan_says_its_size_again() =>
        new Story(PlanOfASize).Starts().Completes("plan", ("large", false)).Returns("head").State.Variables.ShouldBeEmpty();

    [Test]
    public void A_case_that_is_opened_again_or_moved_back_asks_again()
    {
        var ended = new Story(PlanOfASize).Starts().Completes("plan", ("large", false)).Approves("head").Ended();
        ended.Reopens("plan").State.Variables.ShouldBeEmpty();
        new Story(PlanOfASize).Starts().Completes("plan", ("large", false)).Moves("plan").State.Variables.ShouldBeEmpty();
    }

    [Test]
    public void A_case_that_is_moved_on_keeps_what_was_answered_before() =>
        new Story(PlanOfASize).Starts().Completes("plan", ("large", false)).Moves("director").State.Variables["large"].ShouldBe("false");

    [Test]
    public void An_inner_loop_does_not_open_the_questions_of_the_outer()
    {
        var drawing = Of(
            "start -> plan -> try -> ok", "ok.Again -> try", "ok.Else -> whole", "whole.Anew -> plan", "whole.Else -> end").With(
                Asks("plan", "anew"), Asks("try", "retry"), Decision("ok", ("Again", "retry")), Decision("whole", ("Anew", "anew")))
            .Knows("anew", VariableType.Boolean).Knows("retry", VariableType.Boolean);
        var story = new Story(drawing).Starts().Completes("plan", ("anew", true)).Completes("try", ("retry", true)).Stands("try");
        story.State.Variables.Keys.ShouldBe(["anew"]);
        story.Completes("try").Stands("plan");
        story.State.Variables.ShouldBeEmpty();
    }

    [Test]
    public void A_way_that_does_not_pass_the_question_again_does_not_go_by_the_old_answer()
    {
        var drawing = Of(
            "start -> look -> known", "known.New -> ask -> large", "known.Else -> large", "large.Yes -> director -> check",
            "large.Else -> check", "check.Approve -> end", "check.Reject -> look", "check.Return -> look")
            .With(
                Asks("look", "isNew"), Asks("ask", "big"), Approval("check"), Decision("known", ("New", "isNew")),
                Decision("large", ("Yes", "big")))
            .Knows("isNew", VariableType.Boolean).Knows("big", VariableType.Boolean);
        var story = new Story(drawing).Starts().Completes("look", ("isNew", true)).Completes("ask", ("big", true)).Completes("director")
            .Rejects("check");
        story.Completes("look").Stands("check");
    }

    [Test]
    public void The_answers_of_a_list_are_collected_anew()
    {
        var list = Task("ask-schools") with { ForEach = new MultiInstance("schools", GoOnRule.All, 100, false, "answers") };
        var drawing = Of(
            "start -> look -> any", "any.Yes -> ask-schools -> enough", "any.Else -> enough", "enough.No -> look", "enough.Else -> end")
            .With(list, Asks("look", "ask"), Decision("any", ("Yes", "ask")), Decision("enough", ("No", "answers count > 0")))
            .Knows("schools", VariableType.List).Knows("answers", VariableType.List).Knows("ask", VariableType.Boolean);
        var story = new Story(drawing).Starts(("schools", new[] { "ก" })).Completes("look", ("ask", true)).Completes("ask-schools")
            .Stands("look");
        story.Completes("look").Ended();
    }

    [Test]
    public void A_loop_that_asks_nothing_clears_nothing()
    {
        var drawing = Of("start -> plan -> propose", "propose.Approve -> end", "propose.Reject -> plan", "propose.Return -> plan")
            .With(Asks("plan", "note", "string"), Approval("propose"));
        var story = new Story(drawing).Starts().Completes("plan", ("note", "draft")).Rejects("propose");
        story.State.Variables["note"].ShouldBe("\"draft\"");
        story.History.Select(h => h.Event).OfType<AnswersCleared>().ShouldBeEmpty();
    }

    /// <summary>A school is written to until it says that all is right: what decides comes by message only.</summary>
    static Drawing AskedUntilRight => Of("start -> write -> hear -> right", "right.Again -> write", "right.Else -> end")
        .With(new MessageNode("hear", "reply", null), Decision("right", ("Again", "wrong = true")))
        .Knows("wrong", VariableType.Boolean).Knows("note", VariableType.Text);

    [Test]
    public void What_a_message_brought_in_one_round_does_not_decide_the_next()
    {
        var story = new Story(AskedUntilRight).Starts().Completes("write").Hears("reply", null, ("wrong", true), ("note", "ขาด"))
            .Stands("write");
        story.State.Variables.Keys.ShouldBe(["note"], "no decision goes by a note");
        story.Completes("write").Hears("reply").Ended();
    }

    [Test]
    public void A_case_that_is_moved_back_waits_for_a_message_of_its_own()
    {
        var story = new Story(AskedUntilRight).Starts().Completes("write").Hears("reply", null, ("wrong", true)).Completes("write");
        story.Moves("write").Completes("write").Hears("reply").Ended();
    }

    [Test]
    public void What_a_message_brought_before_the_loop_stays_with_the_case()
    {
        var drawing = Of("start -> hear -> plan -> size", "size.Again -> plan", "size.Else -> ok", "ok.Approve -> end", "ok.Reject -> plan",
            "ok.Return -> plan").With(
                new MessageNode("hear", "reply", null), Approval("ok"), Decision("size", ("Again", "large = true and done = false")),
                Asks("plan", "done"))
            .Knows("large", VariableType.Boolean).Knows("done", VariableType.Boolean);
        var story = new Story(drawing).Starts().Hears("reply", null, ("large", true)).Completes("plan", ("done", false)).Stands("plan");
        story.State.Variables.Keys.ShouldBe(["large"]);
        story.Completes("plan", ("done", true)).Rejects("ok").Stands("plan").State.Variables.Keys.ShouldBe(["large"]);
    }
}
