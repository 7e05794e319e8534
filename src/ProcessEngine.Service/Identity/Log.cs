namespace ProcessEngine.Service.Identity;

static partial class Log
{
    [LoggerMessage(9001, LogLevel.Warning, "A sign-in failed: {Who}, from {Address}")]
    public static partial void Failed(ILogger logger, string who, string address);

    [LoggerMessage(9002, LogLevel.Warning, "A sign-in was refused after too many wrong passwords: {Who}, from {Address}")]
    public static partial void Locked(ILogger logger, string who, string address);

    [LoggerMessage(9003, LogLevel.Warning, "A sign-in was turned away: too many wait, or too many from {Address} were wrong")]
    public static partial void TurnedAway(ILogger logger, string address);

    [LoggerMessage(
        9004, LogLevel.Error,
        "The service's keys do not open the second factor of user {UserId}. Bring the keys back (docs/operations.md), "
            + "or reset the second factor")]
    public static partial void Sealed(ILogger logger, Guid userId);

    [LoggerMessage(
        9005, LogLevel.Error,
        "{Count} second factors are sealed with keys that are not in {Place} any more. Bring the keys back (docs/operations.md), "
            + "or reset these second factors")]
    public static partial void KeysAreGone(ILogger logger, int count, string place);

    [LoggerMessage(
        9006, LogLevel.Information, "The keys of {Folder} are in the database now; the folder was renamed and is needed no more")]
    public static partial void KeysMoved(ILogger logger, string folder);
}
