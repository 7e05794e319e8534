namespace ProcessEngine.Core.Definitions;

/// <summary>ชั้นความเร็ว: how urgent a case or a step is, as official letters are marked. Without one it is ordinary.</summary>
public enum Priority
{
    /// <summary>ด่วน.</summary>
    Urgent = 1,

    /// <summary>ด่วนมาก.</summary>
    VeryUrgent,

    /// <summary>ด่วนที่สุด.</summary>
    MostUrgent,
}

public static class Priorities
{
    public static LocalizedText NameOf(Priority priority) => priority switch
    {
        Priority.Urgent => new("ด่วน", "Urgent"),
        Priority.VeryUrgent => new("ด่วนมาก", "Very urgent"),
        Priority.MostUrgent => new("ด่วนที่สุด", "Most urgent"),
    };
}
