import Confinement
import Foundation
import Testing

@testable import QRCode

@Suite("QR codes", .timeLimit(.minutes(5)))
struct QRCodeTests {
    /// A Python that has PyPI's zxing-cpp: a reader that is not ours.
    static let python = ProcessInfo.processInfo.environment["PARLEY_ZXING_PYTHON"] ?? ""

    /// Paints our SVG, four pixels a module, and reads it as a telephone would.
    private static let reader = """
        import re, sys, zxingcpp
        svg = sys.stdin.read()
        size = int(re.search(r'viewBox="0 0 (\\d+) ', svg)[1])
        scale = 4
        pixels = bytearray(b'\\xff' * (size * scale) ** 2)
        dark = re.search(r'fill="#000" d="([^"]*)"', svg)[1]
        for x, y, width in re.findall(r'M(\\d+) (\\d+)h(\\d+)v1h-\\d+z', dark):
            for row in range(int(y) * scale, (int(y) + 1) * scale):
                start = row * size * scale + int(x) * scale
                length = int(width) * scale
                pixels[start:start + length] = bytes(length)
        image = memoryview(bytes(pixels)).cast('B', (size * scale, size * scale))
        found = zxingcpp.read_barcodes(image)
        assert len(found) == 1 and found[0].format == zxingcpp.BarcodeFormat.QRCode, found
        sys.stdout.buffer.write(found[0].bytes)
        """

    @Test(
        "a code is read by a reader that is not ours", .enabled(if: !python.isEmpty),
        arguments: [
            "otpauth://totp/Parley:ana%40example.com?secret=GEZDGNBVGY3TQOJQ&issuer=Parley",
            "a", "1234567890", "¿Dónde está el taller? 🚲", "line\nline\n", "-l H; $(id)",
            String(repeating: "https://example.com/", count: 30),
        ])
    func read(_ text: String) async throws {
        let svg = try await QRCode().svg(of: text)
        #expect(try await Self.decode(svg) == Array(text.utf8))
    }

    @Test("the picture has nothing that a strict policy forbids, and white around it")
    func picture() async throws {
        let svg = try await QRCode().svg(of: "https://example.com/")
        #expect(!svg.contains("style"))
        #expect(!svg.contains("script"))
        let starts = svg.matches(of: /M(\d+) (\d+)h(\d+)v1/).map { match in
            (Int(match.output.1) ?? 0, Int(match.output.2) ?? 0, Int(match.output.3) ?? 0)
        }
        let size = try #require(
            svg.firstMatch(of: /viewBox="0 0 (\d+)/).flatMap { Int($0.output.1) })
        #expect(starts.allSatisfy { $0.0 >= 4 && $0.1 >= 4 })
        #expect(starts.allSatisfy { $0.0 + $0.2 <= size - 4 && $0.1 < size - 4 })
        #expect(starts.count > 100)
    }

    @Test("without the program, the error names the package that has it")
    func missing() async {
        let tool = ConfinedTool(
            name: "qrencode", path: "/nowhere/qrencode", debianPackage: "qrencode")
        await #expect(
            throws: QRCodeError.missingTool(tool: "qrencode", debianPackage: "qrencode")
        ) { try await QRCode(tool: tool).svg(of: "x") }
        let sentence = QRCodeError.missingTool(tool: "qrencode", debianPackage: "qrencode")
            .description
        #expect(sentence.contains("install Debian's package qrencode"))
    }

    @Test("a program that prints something else, or fails, is an error with its words")
    func broken() async {
        let echo = ConfinedTool(name: "echo", path: "/bin/echo", debianPackage: "coreutils")
        await #expect(throws: QRCodeError.self) { try await QRCode(tool: echo).svg(of: "x") }
        let list = ConfinedTool(name: "ls", path: "/bin/ls", debianPackage: "coreutils")
        let error = await #expect(throws: QRCodeError.self) {
            try await QRCode(tool: list).svg(of: "x")
        }
        #expect(error?.description.contains("--help") == true)
    }

    @Test("what no telephone would read from a screen is refused")
    func long() async {
        await #expect(throws: QRCodeError.tooLong(most: 600)) {
            try await QRCode().svg(of: String(repeating: "x", count: 601))
        }
    }

    private static func decode(_ svg: String) async throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", reader]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(svg.utf8))
        try input.fileHandleForWriting.close()
        let read = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](read)
    }
}
