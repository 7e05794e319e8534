# Runs the service as a Windows service from C:\Program Files\ProcessEngine. As an administrator, in an unpacked archive:
#   powershell -ExecutionPolicy Bypass -File deploy\install-service.ps1
# Run it again for a new version. Data lies in C:\ProgramData\ProcessEngine.
$ErrorActionPreference = 'Stop'
$from = Split-Path $PSScriptRoot -Parent
$to = Join-Path $env:ProgramFiles 'ProcessEngine'
$data = Join-Path $env:ProgramData 'ProcessEngine'
$name = 'ProcessEngine'

New-Item -ItemType Directory -Force $data, "$data\data", "$data\backups" | Out-Null
# Nobody but the service and administrators reads people's records.
icacls $data /inheritance:r /grant:r 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F' 'LOCAL SERVICE:(OI)(CI)M' | Out-Null
if (Get-Service $name -ErrorAction SilentlyContinue) {
    Stop-Service $name
    $env:ProcessEngine__DataFolder = "$data\data"
    & "$from\ProcessEngine.Service.exe" backup "$data\backups"
    if ($LASTEXITCODE -ne 0) { Start-Service $name; throw 'no copy could be made: the version before it goes on' }
    if (Test-Path "$to.old") { Remove-Item -Recurse -Force "$to.old" }
    if (Test-Path $to) { Move-Item $to "$to.old" }
}

Copy-Item -Recurse -Force $from $to
if (-not (Get-Service $name -ErrorAction SilentlyContinue)) {
    New-Service $name -BinaryPathName "`"$to\ProcessEngine.Service.exe`" --urls http://127.0.0.1:5000" -StartupType Automatic `
        -DisplayName 'ProcessEngine' -Description 'The workflow service of the office' | Out-Null
    sc.exe config $name obj= 'NT AUTHORITY\LocalService' | Out-Null
    sc.exe failure $name reset= 86400 actions= restart/2000/restart/2000/restart/60000 | Out-Null
}

# What the service is told; more settings, one a line: docs/operations.md.
Set-ItemProperty "HKLM:\SYSTEM\CurrentControlSet\Services\$name" Environment -Type MultiString -Value @(
    "ProcessEngine__DataFolder=$data\data", "ProcessEngine__Backup__Folder=$data\backups", 'ASPNETCORE_FORWARDEDHEADERS_ENABLED=true')
Start-Service $name
& "$to\ProcessEngine.Service.exe" alive http://127.0.0.1:5000
if ($LASTEXITCODE -ne 0) { throw "it did not become ready; the version before it is in $to.old" }
Write-Output 'ready on http://127.0.0.1:5000'
