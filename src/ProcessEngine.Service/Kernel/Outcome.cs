using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>What came of a request: a value, or a refusal. Bugs and broken worlds are exceptions, not outcomes.</summary>
public readonly struct Outcome<T> : IOutcome<Outcome<T>>
{
    Outcome(T? value, Rejection? rejection) => (Value, Rejection) = (value, rejection);

    public T? Value { get; }
    public Rejection? Rejection { get; }

    public static Outcome<T> Success(T value) => new(value, null);
    public static Outcome<T> Refused(Rejection rejection) => new(default, rejection);
    public static implicit operator Outcome<T>(T value) => Success(value);
    public static implicit operator Outcome<T>(Rejection rejection) => Refused(rejection);

    /// <exception cref="InvalidOperationException">The request was refused.</exception>
    public T Require() => Rejection is null ? Value! : throw new InvalidOperationException($"Refused: {Rejection}");
}

/// <summary>Lets the validation behaviour answer for any kind of outcome.</summary>
public interface IOutcome<out TSelf>
    where TSelf : IOutcome<TSelf>
{
    static abstract TSelf Refused(Rejection rejection);
}
