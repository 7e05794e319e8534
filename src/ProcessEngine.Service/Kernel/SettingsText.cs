using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace ProcessEngine.Service.Kernel;

/// <summary>The settings that count, a line each, for whoever runs the service. Secrets are not among them.</summary>
public static class SettingsText
{
    public static string Of(ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var text = new StringBuilder();
        foreach (var (name, options) in settings.Sections.OrderBy(section => section.Key, StringComparer.Ordinal))
        {
            var path = name.Length == 0 ? "ProcessEngine:" : $"ProcessEngine:{name}:";
            foreach (var property in ModuleSettings.NamesOf(options.GetType()))
                text.Append(CultureInfo.InvariantCulture, $"{path}{property.Name}={Value(property, options)}\n");
        }

        return text.ToString();
    }

    static string Value(PropertyInfo property, object options)
    {
        var value = Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture);
        var secret = property.GetCustomAttribute<DataTypeAttribute>() is { DataType: DataType.Password };
        return secret && value is { Length: > 0 } ? "(hidden)" : value ?? "";
    }
}
