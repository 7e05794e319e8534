using ProcessEngine.Core.Forms;

namespace ProcessEngine.Core.Tests.Forms;

/// <summary>The forms of the manuals: what may be written in them, and what is said when it is not.</summary>
public sealed class FormSpec
{
    /// <summary>แบบบันทึกการขอรับคำปรึกษา.</summary>
    const string Consultation = """
        {
          "type": "object",
          "title": "แบบบันทึกการขอรับคำปรึกษา",
          "properties": {
            "requester": { "type": "string", "title": "ผู้ขอรับคำปรึกษา", "x-title-en": "Requester", "minLength": 2, "maxLength": 5 },
            "askedOn": { "type": "string", "format": "date", "title": "วันที่" },
            "channel": { "type": "string", "enum": ["โทรศัพท์", "LINE", "หนังสือ"], "title": "ช่องทาง" },
            "minutes": { "type": "integer", "minimum": 1, "maximum": 420, "title": "เวลาที่ใช้" },
            "solved": { "type": "boolean", "title": "แก้ไขได้" },
            "schools": {
              "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "maxItems": 3, "uniqueItems": true,
              "title": "โรงเรียน"
            },
            "reference": { "type": "string", "pattern": "^ศธ [0-9]+/[0-9]+$", "title": "ที่หนังสือ" },
            "mail": { "type": "string", "format": "email", "title": "อีเมล" }
          },
          "required": ["requester", "askedOn"]
        }
        """;

    static FormSchema Form(string json = Consultation)
    {
        var (schema, problems) = FormSchema.Read(json);
        problems.ShouldBeEmpty();
        return schema.ShouldNotBeNull();
    }

    static Dictionary<string, string> Filled(string field, string json)
    {
        var data = new Dictionary<string, string> { ["requester"] = "\"ครู\"", ["askedOn"] = "\"2026-12-08\"" };
        data[field] = json;
        return data;
    }

    [TestCase("requester", "\"เก๋ไก๋\"")]
    [TestCase("requester", "\"น้ำผึ้ง\"")]
    [TestCase("minutes", "30")]
    [TestCase("minutes", "30.0")]
    [TestCase("solved", "true")]
    [TestCase("schools", "[\"ก\",\"ข\"]")]
    [TestCase("reference", "\"ศธ 04001/12\"")]
    [TestCase("mail", "\"office@example.org\"")]
    [TestCase("mail", "null")]
    public void What_is_as_it_should_be_is_taken(string field, string json) => Form().Check(Filled(field, json)).ShouldBeEmpty();

    [TestCase("requester", "\"ก\"", "minLength")]
    [TestCase("requester", "\"กขคงจฉ\"", "maxLength")]
    [TestCase("requester", "\"   \"", "required")]
    [TestCase("requester", "null", "required")]
    [TestCase("requester", "5", "type")]
    [TestCase("askedOn", "\"8/12/2569\"", "format")]
    [TestCase("askedOn", "\"2569-12-08\"", "format")]
    [TestCase("askedOn", "\"2026-02-30\"", "format")]
    [TestCase("channel", "\"โทรเลข\"", "enum")]
    [TestCase("minutes", "0", "minimum")]
    [TestCase("minutes", "421", "maximum")]
    [TestCase("minutes", "1.5", "type")]
    [TestCase("solved", "\"ใช่\"", "type")]
    [TestCase("schools", "[]", "minItems")]
    [TestCase("schools", "[\"ก\",\"ข\",\"ค\",\"ง\"]", "maxItems")]
    [TestCase("schools", "[\"ก\",\"ก\"]", "uniqueItems")]
    [TestCase("schools", "[\"\"]", "minLength")]
    [TestCase("schools", "{}", "type")]
    [TestCase("reference", "\"12/12\"", "pattern")]
    [TestCase("mail", "\"ไม่มี\"", "format")]
    [TestCase("other", "1", "unknown-field")]
    public void What_is_not_is_told_with_its_field_in_both_languages(string field, string json, string code)
    {
        var problem = Form().Check(Filled(field, json)).ShouldHaveSingleItem();
        (problem.Field, problem.Code).ShouldBe((field, code));
        problem.Reason.Th.ShouldNotBeNullOrWhiteSpace();
        problem.Reason.En.ShouldNotBeNullOrWhiteSpace();
    }

    [Test]
    public void A_buddhist_year_is_recognised_and_put_right() =>
        Form().Check(Filled("askedOn", "\"2569-12-08\"")).Single().Reason.Th.ShouldContain("ค.ศ. 2026");

    [TestCase("{\"type\":\"object\"}", "not-an-object")]
    [TestCase("[]", "not-an-object")]
    [TestCase("{", "invalid-json")]
    [TestCase("{\"type\":\"object\",\"properties\":{},\"allOf\":[]}", "unknown-keyword")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"contentEncoding\":\"x\"}}}", "unknown-keyword")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\"}}}", "unknown-type")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"format\":\"uri\"}}}", "unknown-format")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(a)\\\\1\"}}}", "invalid-pattern")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"((a{99}){99}){99}\"}}}", "invalid-pattern")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(?:[^\\\\]{]|\\\\p{L}b){2000,}\"}}}", "invalid-pattern")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(a{0,9999}|b)*\"}}}", "invalid-pattern")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":-1}}}", "invalid-bound")]
    [TestCase("{\"type\":\"object\",\"properties\":{},\"required\":[\"a\"]}", "unknown-field")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"default\":\"x\"}}}", "invalid-default")]
    [TestCase("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[\"b\"],\"default\":\"c\"}}}", "invalid-default")]
    [TestCase(
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"default\":\"c\"}}}}",
        "unknown-keyword")]
    public void A_form_that_says_what_is_not_supported_is_refused(string json, string code)
    {
        var (schema, problems) = FormSchema.Read(json);
        schema.ShouldBeNull();
        problems.ShouldContain(p => p.Code == code);
    }

    [TestCase("integer", "3")]
    [TestCase("boolean", "false")]
    [TestCase("string", "\"ก\"")]
    public void A_default_is_kept_with_its_field(string type, string json) =>
        Form("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"" + type + "\",\"default\":" + json + "}}}").Fields
            .Single().Default!.Value.GetRawText().ShouldBe(json);

    [Test]
    public void Fields_keep_the_order_of_the_form() =>
        Form().Fields.Select(f => f.Name).Take(3).ShouldBe(["requester", "askedOn", "channel"]);

    const string Hanging = """
        {
          "type": "object", "required": ["kind", "other", "more"],
          "properties": {
            "kind": { "type": "string", "enum": ["a", "b"] },
            "other": { "type": "string", "maxLength": 3, "x-shown-when": { "field": "kind", "is": "b" } },
            "sure": { "type": "boolean", "x-shown-when": { "field": "other", "is": "x" } },
            "more": { "type": "string", "x-shown-when": { "field": "sure", "is": true } }
          }
        }
        """;

    [Test]
    public void A_field_is_asked_only_after_the_answer_that_it_hangs_on()
    {
        var form = Form(Hanging);
        form.Check(new Dictionary<string, string> { ["kind"] = "\"a\"" }).ShouldBeEmpty();
        form.Check(new Dictionary<string, string> { ["kind"] = "\"b\"" }).ShouldHaveSingleItem().Field.ShouldBe("other");
        form.Check(new Dictionary<string, string> { ["kind"] = "\"b\"", ["other"] = "\"x\"", ["sure"] = "true" }).ShouldHaveSingleItem().Field.ShouldBe("more");
        form.Check(new Dictionary<string, string> { ["kind"] = "\"a\"", ["other"] = "\"x\"", ["sure"] = "true" })
            .ShouldBeEmpty("what hangs on a field that is not asked is not asked, either");
        form.Check(new Dictionary<string, string> { ["kind"] = "\"a\"", ["other"] = "\"long\"" }).ShouldHaveSingleItem().Code.ShouldBe("maxLength");
    }

    [TestCase("""{ "field": "later", "is": "x" }""", "unknown-field")]
    [TestCase("""{ "field": "this", "is": "x" }""", "unknown-field")]
    [TestCase("""{ "field": "later" }""", "invalid-condition")]
    [TestCase("\"later\"", "invalid-condition")]
    public void It_hangs_on_a_field_that_stands_before_it(string when, string code)
    {
        var (_, problems) = FormSchema.Read($$"""
            {"type": "object", "properties": {"this": {"type": "string", "x-shown-when": {{when}} }, "later": {"type": "string"} } }
            """);
        problems.ShouldHaveSingleItem().Code.ShouldBe(code);
    }
}
