using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>Numbers and dates as people type them into pages.</summary>
public sealed class TypedSpec
{
    [TestCase("1250", "1250")]
    [TestCase(" ๑๒๕๐ ", "1250")]
    [TestCase("๑๒,๕๐๐.๗๕", "12500.75")]
    [TestCase("-๓", "-3")]
    [TestCase("฿1,000", "1000")]
    [TestCase("๑,๐๐๐ บาท", "1000")]
    public void A_number_is_what_it_means_in_either_digits(string typed, string number) =>
        Typed.Number(typed)!.Value.ToString(CultureInfo.InvariantCulture).ShouldBe(number);

    [TestCase("1,5")]
    [TestCase("1,00,000")]
    [TestCase("ห้า")]
    [TestCase("5-")]
    [TestCase("๑ ๒")]
    [TestCase("")]
    [TestCase("1e5")]
    public void What_could_be_two_numbers_or_is_none_is_none(string typed) => Typed.Number(typed).ShouldBeNull();

    [TestCase("5/3/2569")]
    [TestCase("๕/๓/๒๕๖๙")]
    [TestCase("5 มี.ค. 2569")]
    [TestCase("๕ มีนาคม พ.ศ. ๒๕๖๙")]
    [TestCase("5-3-2026")]
    [TestCase("5 Mar 2026")]
    [TestCase("2026-03-05")]
    [TestCase("2569-03-05")]
    public void A_day_is_the_same_in_either_era(string typed) => Typed.Date(typed).ShouldBe(new DateOnly(2026, 3, 5));

    [TestCase("31/2/2569")]
    [TestCase("5/13/2569")]
    [TestCase("5/3/69")]
    [TestCase("532569")]
    [TestCase("5 มีนา 2569")]
    [TestCase("")]
    public void What_is_no_day_is_none(string typed) => Typed.Date(typed).ShouldBeNull();

    [Test]
    public void A_form_takes_thai_digits_wherever_it_wants_digits()
    {
        var fields = FormSchema.Read("""
            {"type": "object", "properties": {
                "budget": {"type": "number"}, "seats": {"type": "integer"}, "day": {"type": "string", "format": "date"}, "at": {"type": "string", "format": "date-time"},
                "phone": {"type": "string", "pattern": "^[0-9]{9}$"}, "remark": {"type": "string"}, "sizes": {"type": "array", "items": {"type": "integer"}},
                "days": {"type": "array", "items": {"type": "string", "format": "date"}}}}
            """).Schema.ShouldNotBeNull().Fields;
        var typed = new Dictionary<string, StringValues>
        {
            ["f.budget"] = "๑๒,๕๐๐.๕๐",
            ["f.seats"] = "๓",
            ["f.day.d"] = "๕",
            ["f.day.m"] = "3",
            ["f.day.y"] = "๒๕๖๙",
            ["f.at.d"] = "5",
            ["f.at.m"] = "๓",
            ["f.at.y"] = "2026",
            ["f.at.t"] = "๐๙.๓๐",
            ["f.phone"] = "๐๔๓๑๒๓๔๕๖",
            ["f.remark"] = "ห้อง ๓",
            ["f.sizes"] = "๑\n2",
            ["f.days"] = "๕ มี.ค. ๒๕๖๙\n2026-03-06",
        };
        var entry = FormEntry.Read(fields, new FormCollection(typed));
        var data = entry.ToData();
        entry.Faults.ShouldBeEmpty();
        data.GetRawText().ShouldBe(
            """{"budget":12500.50,"seats":3,"day":"2026-03-05","at":"2026-03-05T09:30:00\u002B07:00","phone":"043123456","remark":"\u0E2B\u0E49\u0E2D\u0E07 \u0E53","sizes":[1,2],"days":["2026-03-05","2026-03-06"]}""");
    }
}
