using ProcessEngine.Core;

namespace ProcessEngine.Service.Kernel;

/// <summary>What offices are called, and what they call their posts, as far as it is known without asking anybody.</summary>
public interface IPostNames
{
    /// <summary>The office's own name of a post; null where it calls it as every office does.</summary>
    LocalizedText? Find(string office, string role);

    /// <summary>The name of an office; null: it is not known yet.</summary>
    LocalizedText? OfficeOf(string code);
}
