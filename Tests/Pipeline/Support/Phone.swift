import Foundation
import PipelineTesting
import Testing

/// A telephone with an authenticator app that is not ours: PyPI's PyOTP.
enum Phone {
    private static let python = ProcessInfo.processInfo.environment["PARLEY_SMTP_PYTHON"] ?? ""

    /// Whether it is here.
    static var isAvailable: Bool { !python.isEmpty }

    /// The code of the app now, or so many steps of half a minute later.
    static func code(_ secret: String, steps: Int = 0) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            "-c",
            """
            import pyotp, sys, time
            sys.stdout.write(pyotp.TOTP(sys.stdin.read()).at(time.time() + \(steps * 30)))
            """,
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(secret.utf8))
        try input.fileHandleForWriting.close()
        let read = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: read, as: UTF8.self)
    }
}
