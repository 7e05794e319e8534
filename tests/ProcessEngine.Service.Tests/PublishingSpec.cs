using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>What is published is what its owner saw.</summary>
public sealed class PublishingSpec(string provider) : OfPages(provider)
{
    const string Key = "own.publishing";

    static JsonNode File(string name) => JsonNode.Parse($$$"""
        {"definitionId":"{{{Key}}}","name":"{{{name}}}","root":{"type":"Elsa.Flowchart","activities":[
        {"id":"start","type":"ProcessEngine.Start"},{"id":"do","type":"ProcessEngine.UserTask","nameTh":"{{{name}}}","role":"officer"},
        {"id":"end","type":"ProcessEngine.End"}],
        "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"do","port":"In"}},
        {"source":{"activity":"do","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
        """)!;

    [Test]
    public async Task A_draft_that_was_saved_since_its_owner_looked_is_not_published()
    {
        var (program, visitor) = (As(Roles.ProcessOwner), World.Visitor());
        (await program.Put($"process-definitions/{Key}/draft", File("ฉบับแรก"))).Ok();
        await visitor.SignIn(Roles.ProcessOwner);
        (await visitor.Go($"/studio/definitions/{Key}")).ShouldSay("ฉบับแรก");
        (await program.Put($"process-definitions/{Key}/draft", File("ฉบับที่สอง"))).Ok();

        (await visitor.Submit($"/studio/definitions/{Key}?handler=publish")).ShouldSay("มีผู้บันทึกร่างนี้ไปก่อนแล้ว");
        (await Officer.Start(Key)).Status.ShouldBe(404, "nothing was published");

        (await visitor.Go($"/studio/definitions/{Key}")).ShouldSay("ฉบับที่สอง");
        await visitor.Submit($"/studio/definitions/{Key}?handler=publish");
        (await Officer.Start(Key)).Ok();
    }
}
