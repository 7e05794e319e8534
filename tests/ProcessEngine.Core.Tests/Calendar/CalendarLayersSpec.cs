using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Tests.Calendar;

/// <summary>The layers of an office's calendar, later ones winning for a single date (docs/working-time.md, section 5).</summary>
public sealed class CalendarLayersSpec
{
    static readonly DateOnly Friday = new(2026, 11, 27);
    static readonly DateOnly Saturday = new(2026, 11, 28);

    static Holiday Row(DateOnly date, string scope, string confidence = "high") =>
        new(date, new("วันหยุด", "holiday"), "special", scope, "ทดสอบ", confidence);

    static OfficeDay Own(DateOnly date, OfficeDayKind kind) => new(date, kind, "เหตุผล", "ผู้อำนวยการ");

    static WorkingCalendar Of(Holiday[] rows, params OfficeDay[] days) =>
        WorkingCalendar.Build("yala", 1, "TH-95", rows, days, new CalendarCoverage(2018, 2027, 2026));

    [Test]
    public void A_closure_takes_a_day_and_an_opening_gives_one()
    {
        Of([]).IsWorkingDay(Friday).ShouldBeTrue();
        Of([], Own(Friday, OfficeDayKind.Closure)).IsWorkingDay(Friday).ShouldBeFalse();
        Of([], Own(Saturday, OfficeDayKind.Opening)).IsWorkingDay(Saturday).ShouldBeTrue();
        Of([Row(Friday, "national")], Own(Friday, OfficeDayKind.Opening)).IsWorkingDay(Friday).ShouldBeTrue();
        Of([], Own(Friday, OfficeDayKind.Opening), Own(Friday, OfficeDayKind.Closure)).IsWorkingDay(Friday).ShouldBeTrue();
    }

    [Test]
    public void A_regional_day_of_low_confidence_counts_only_where_it_is_confirmed()
    {
        Holiday[] rows = [Row(Friday, "TH-94|TH-95", "low")];
        Of(rows).IsWorkingDay(Friday).ShouldBeTrue();
        Of(rows).IsNotYetAnnounced(Friday, Friday).ShouldBeTrue();
        var confirmed = Of(rows, Own(Friday, OfficeDayKind.Confirmation));
        confirmed.IsWorkingDay(Friday).ShouldBeFalse();
        confirmed.IsNotYetAnnounced(Friday, Friday).ShouldBeFalse();
        confirmed.DayOffName(Friday)!.Th.ShouldBe("วันหยุด");
    }

    [Test]
    public void A_confirmation_alone_takes_no_day() => Of([], Own(Friday, OfficeDayKind.Confirmation)).IsWorkingDay(Friday).ShouldBeTrue();
}
