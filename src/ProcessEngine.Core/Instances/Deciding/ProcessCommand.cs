namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What somebody wants to happen to a case.</summary>
public abstract record ProcessCommand
{
    private protected ProcessCommand()
    {
    }

    public required Actor By { get; init; }
}
