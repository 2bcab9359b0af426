#!/usr/bin/env pwsh
# The same verbs as build.sh, for PowerShell: ./build.ps1 VERB [ARGUMENT...]
# The image is made with Debian's tools (ld, GRUB, xorriso), so on Windows the verbs run in WSL.
if ($IsWindows -or $env:OS -eq 'Windows_NT') {
    if (-not (Get-Command wsl -ErrorAction SilentlyContinue)) {
        Write-Error 'CosmosVm is built with Linux tools. Install WSL with Debian: wsl --install -d Debian'
        exit 1
    }
    Push-Location $PSScriptRoot
    try { wsl bash ./build.sh @args } finally { Pop-Location }
}
else {
    & bash (Join-Path $PSScriptRoot 'build.sh') @args
}
exit $LASTEXITCODE
