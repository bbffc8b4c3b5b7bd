internal import Foundation

/// An authority and a certificate for this machine, made by `openssl` for one run; keys are 0600.
package struct DrillCertificates {
    /// What a client must trust.
    package let authorityPath: String
    let certificatePath: String
    let keyPath: String

    private static let curve = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    ]

    /// - Parameter wrong: names a host that nobody asks for instead of this machine.
    package init(in folder: String, forWrongName wrong: Bool) throws {
        authorityPath = folder + "/ca.pem"
        certificatePath = folder + "/leaf.pem"
        keyPath = folder + "/leaf.key"
        let names = wrong ? "DNS:elsewhere.invalid" : "DNS:localhost,IP:127.0.0.1,IP:::1"
        try Self.openssl(
            ["req", "-x509"] + Self.curve + [
                "-keyout", folder + "/ca.key", "-out", authorityPath, "-subj",
                "/CN=Tokenward drill authority",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            ])
        try Self.openssl(
            ["req", "-x509"] + Self.curve + [
                "-keyout", keyPath, "-out", certificatePath, "-subj", "/CN=Tokenward drill",
                "-CA", authorityPath, "-CAkey", folder + "/ca.key", "-addext", "subjectAltName=\(names)",
                "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
            ])
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw SimulatorError.openssl(code: process.terminationStatus)
        }
    }
}
