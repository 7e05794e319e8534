using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A case may have the next running number of its procedure as its reference: "1/2569", by office and year, none twice and none left out.
/// </summary>
public sealed class NumbersSpec(string provider) : OnBothDatabases(provider)
{
    const string Other = "khonkaen-3.develop-office-website";

    static object Body(string definition, object? variables = null) =>
        new { definitionKey = definition, office = World.Office, title = "เรื่องที่มีเลขที่", numbered = true, variables };

    async Task<string> Numbered(string definition) => (await Officer.Post("process-instances", Body(definition))).Ok().Text("businessKey");

    [Test]
    public async Task Numbers_run_by_procedure_and_year()
    {
        (await Numbered(World.SuratThani)).ShouldBe("1/2569");
        (await Numbered(World.SuratThani)).ShouldBe("2/2569");
        (await Numbered(Other)).ShouldBe("1/2569");
        Clock.SetBangkok("2026-12-31 23:59");
        (await Numbered(World.SuratThani)).ShouldBe("3/2569");
        Clock.SetBangkok("2027-01-01 00:00");
        (await Numbered(World.SuratThani)).ShouldBe("1/2570");
    }

    [Test]
    public async Task Many_who_start_at_once_get_each_another_number_and_none_is_left_out()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Numbered(World.KhonKaen)));
        answers.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 20).Select(n => $"{n}/2569").Order(StringComparer.Ordinal));
    }

    [Test]
    public async Task What_is_refused_or_sent_twice_takes_no_number()
    {
        const string procedure = "khonkaen-5.data-security";
        (await As(Roles.Auditor).Post("process-instances", Body(procedure))).ShouldBeProblem(403, "not-allowed");
        var first = await Officer.Post("process-instances", Body(procedure), key: "numbered-once");
        var again = await Officer.Post("process-instances", Body(procedure), key: "numbered-once");
        (first.Ok().Text("businessKey"), again.Raw).ShouldBe(("1/2569", first.Raw));
        (await Officer.Post("process-instances", new { definitionKey = procedure, office = World.Office, title = "ก", numbered = true, businessKey = "7/2569" }))
            .ShouldBeProblem(400, "invalid-input", "businessKey");
        (await Numbered(procedure)).ShouldBe("2/2569");
    }

    [Test]
    public async Task Whoever_starts_a_case_on_the_page_may_have_it_numbered()
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(Roles.Officer)).ShouldLeadTo("/");
        await visitor.Follow();
        await visitor.Go("/procedures/khonkaen-5.develop-ict-personnel");
        (await visitor.Submit("/procedures/khonkaen-5.develop-ict-personnel", ("title", "อบรม"), ("numbered", "true"), ("priority", "mostUrgent"))).Status.ShouldBe(302);
        (await visitor.Follow()).ShouldSay("1/2569", "ด่วนที่สุด");
    }
}
