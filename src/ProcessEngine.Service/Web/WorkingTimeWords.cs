using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>A stretch of working time as people say it; a working day has seven hours.</summary>
public static class WorkingTimeWords
{
    const int Hour = 60;
    const int Day = 7 * Hour;

    public static string Of(Words words, int minutes)
    {
        ArgumentNullException.ThrowIfNull(words);
        var (days, hours) = (minutes / Day, minutes % Day / Hour);
        return days > 0 ? words[$"{days} วัน {hours} ชม.", $"{days} d {hours} h"]
            : hours > 0 ? words[$"{hours} ชม. {minutes % Hour} นาที", $"{hours} h {minutes % Hour} min"]
            : words[$"{minutes} นาที", $"{minutes} min"];
    }
}
