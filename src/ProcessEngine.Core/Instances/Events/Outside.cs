namespace ProcessEngine.Core.Instances.Events;

/// <summary>
/// Whoever asked from outside, or answers for a school, without an account. Who they are is no part of a case: the shell has looked at
/// their link, which is for that one case. In the history all of them are this one actor.
/// </summary>
public static class Outside
{
    public static Guid Id { get; } = new("00000000-0000-4000-8000-00000000007e");

    public static bool Is(Guid? actor) => actor == Id;
}
