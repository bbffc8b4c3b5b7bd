internal import Foundation

/// An authority and a certificate for this machine, made by `openssl` for one run; keys are 0600.
package struct DrillCertificates {
    /// What is wrong with the certificate.
    package enum Flaw: CaseIterable, Sendable {
        case none
        /// It names a host that nobody asks for instead of this machine.
        case wrongName
        /// It ended years ago.
        case expired
    }

    /// What a client must trust.
    package let authorityPath: String
    let certificatePath: String
    let keyPath: String

    private static let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    package init(in folder: String, flaw: Flaw = .none) throws {
        authorityPath = folder + "/ca.pem"
        certificatePath = folder + "/leaf.pem"
        keyPath = folder + "/leaf.key"
        try Self.openssl(
            ["req", "-x509"] + Self.curve + [
                "-days", "2", "-keyout", folder + "/ca.key", "-out", authorityPath, "-subj",
                "/CN=Tokenward drill authority",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            ])
        try Self.openssl(
            ["req", "-new"] + Self.curve + [
                "-keyout", keyPath, "-out", folder + "/leaf.csr", "-subj", "/CN=Tokenward drill",
            ])
        try sign(in: folder, flaw)
    }

    /// `openssl ca`, because it alone takes an end that is past.
    private func sign(in folder: String, _ flaw: Flaw) throws {
        let names = flaw == .wrongName ? "DNS:elsewhere.invalid" : "DNS:localhost,IP:127.0.0.1,IP:::1"
        let settings = """
            [ca]
            default_ca = drill
            [drill]
            database = \(folder)/index.txt
            serial = \(folder)/serial
            new_certs_dir = \(folder)
            default_md = sha256
            policy = names
            x509_extensions = leaf
            [names]
            commonName = supplied
            [leaf]
            subjectAltName = \(names)
            basicConstraints = critical,CA:FALSE
            extendedKeyUsage = serverAuth
            """
        try Data(settings.utf8).write(to: URL(filePath: folder + "/ca.cnf"))
        try Data().write(to: URL(filePath: folder + "/index.txt"))
        try Data("01\n".utf8).write(to: URL(filePath: folder + "/serial"))
        let span =
            flaw == .expired ? ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] : ["-days", "2"]
        try Self.openssl(
            [
                "ca", "-batch", "-notext", "-config", folder + "/ca.cnf", "-in", folder + "/leaf.csr", "-cert",
                authorityPath, "-keyfile", folder + "/ca.key", "-out", certificatePath,
            ] + span)
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
