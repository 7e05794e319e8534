using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// What is set for the service: section <c>ProcessEngine</c> of the configuration. A section is one type, whose annotations say what its
/// values may be. A module takes its section here and nowhere else; so a name that no type knows can be told from one that does nothing
/// yet.
/// </summary>
public sealed class ModuleSettings
{
    readonly IConfigurationSection configuration;
    readonly Dictionary<string, object> sections = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="SettingsException">A value of <see cref="ServiceOptions"/> is impossible.</exception>
    public ModuleSettings(IConfigurationSection configuration)
    {
        this.configuration = configuration;
        Service = Section<ServiceOptions>("");
    }

    /// <summary>The settings that several capabilities share.</summary>
    public ServiceOptions Service { get; }

    /// <summary>The options of every section that was taken, by its name; those of the service itself by the empty one.</summary>
    public IReadOnlyDictionary<string, object> Sections => sections;

    /// <summary>What can be set in a section: everything that its type does not work out by itself.</summary>
    public static IEnumerable<PropertyInfo> NamesOf(Type options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true });
    }

    /// <summary>A capability's own section below <c>ProcessEngine</c>; its defaults where nothing is set.</summary>
    /// <exception cref="SettingsException">A value is impossible.</exception>
    public T Section<T>(string name)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(name);
        if (sections.TryGetValue(name, out var known))
            return (T)known;
        var section = name.Length == 0 ? configuration : configuration.GetSection(name);
        foreach (var property in NamesOf(typeof(T)))
            RefuseWhatCannotBeRead(section, property);
        var options = section.Get<T>() ?? new T();
        RefuseImpossible(section.Path, options);
        sections.Add(name, options);
        return options;
    }

    /// <summary>When every module has taken its section: a misspelt name would else be a setting that silently does nothing.</summary>
    /// <exception cref="SettingsException">A name below <c>ProcessEngine</c> belongs to nobody.</exception>
    public void RefuseUnknownNames()
    {
        foreach (var entry in configuration.GetChildren())
        {
            if (entry.Key.Length == 0 || !sections.TryGetValue(entry.Key, out var options))
                RefuseUnknown(configuration.Path, entry, Service, sections.Keys.Where(name => name.Length > 0));
            else if (!string.IsNullOrEmpty(entry.Value))
                throw new SettingsException(entry.Path, "is a section, and has no value of its own");
            else
                foreach (var setting in entry.GetChildren())
                    RefuseUnknown(entry.Path, setting, options, []);
        }
    }

    static void RefuseUnknown(string path, IConfigurationSection setting, object options, IEnumerable<string> more)
    {
        var names = NamesOf(options.GetType()).Select(p => p.Name).ToList();
        if (!names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        {
            var known = string.Join(", ", names.Concat(more).Order(StringComparer.Ordinal));
            throw new SettingsException(setting.Path, $"is no setting; {path} has {known}");
        }

        if (setting.GetChildren().FirstOrDefault() is { } below)
            throw new SettingsException(below.Path, $"is no setting; {setting.Path} is a single value");
    }

    static void RefuseWhatCannotBeRead(IConfigurationSection section, PropertyInfo property)
    {
        try
        {
            section.GetValue(property.PropertyType, property.Name);
        }
        catch (InvalidOperationException)
        {
            throw new SettingsException(
                $"{section.Path}:{property.Name}", $"must be {KindOf(property.PropertyType)}, not \"{section[property.Name]}\"");
        }
    }

    static string KindOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) => "a whole number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(TimeSpan) => "a time span such as 00:00:05 or, with days, 5.00:00:00",
        var t => throw new NotSupportedException($"Say here what a setting of type {t.Name} looks like."),
    };

    static void RefuseImpossible(string path, object options)
    {
        var faults = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
            return;
        var property = options.GetType().GetProperty(faults[0].MemberNames.First())!;
        var given = Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture);
        // A secret is not written into a log.
        var secret = property.GetCustomAttribute<DataTypeAttribute>() is { DataType: DataType.Password };
        var shown = string.IsNullOrEmpty(given) || secret ? "" : $", not \"{given}\"";
        throw new SettingsException($"{path}:{property.Name}", faults[0].ErrorMessage + shown);
    }
}
