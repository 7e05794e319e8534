using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>One office in one fiscal year, as the figures of a year are asked for.</summary>
static class OfficeYear
{
    /// <summary>
    /// Of <c>office</c> and <c>fiscalYear</c> (Buddhist era; the current one when left out), for whoever oversees the office.
    /// </summary>
    /// <param name="act">What is done with it, for a refusal.</param>
    /// <exception cref="RefusedRequestException">No office, no such year, an office of others, or nobody who oversees it.</exception>
    public static (string Office, int Year) Asked(HttpContext http, DateTimeOffset now, string act)
    {
        var year = http.Number("fiscalYear") ?? FiscalYear.Of(BangkokTime.DateOf(now));
        if (year is < 2500 or > 2700)
            throw RefusedRequestException.At(
                "fiscalYear", "ต้องเป็นปีงบประมาณ พ.ศ. เช่น 2570", "It must be a Buddhist fiscal year, such as 2570.");
        var office = http.Text("office") ?? throw RefusedRequestException.At("office", "ต้องระบุ", "It is required.");
        if (!http.Caller().BelongsTo(office))
            throw new RefusedRequestException(new OfficeNotFound(office, "office"));
        if (!Overseers.Includes(http.Caller(), office))
            throw new RefusedRequestException(new NotAllowed(act, [.. Overseers.All]));
        return (office, year);
    }
}
