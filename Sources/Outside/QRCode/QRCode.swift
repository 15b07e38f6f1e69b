package import Confinement
import FoundationEssentials

/// Why there is no QR code.
package enum QRCodeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text does not fit into a code.
    case tooLong(most: Int)
    /// The program that draws is not installed.
    case missingTool(tool: String, debianPackage: String)
    /// The program failed.
    case failed(detail: String)

    /// One sentence that says what to do.
    package var description: String {
        switch self {
        case .tooLong(let most): "a QR code holds at most \(most) bytes here"
        case .missingTool(let tool, let package):
            "The program \(tool) is missing on the server: install Debian's package \(package)."
        case .failed(let detail): "the QR code could not be drawn: \(detail)"
        }
    }
}

/// Draws QR codes (ISO/IEC 18004) with Debian's qrencode, in a confined child process.
package struct QRCode: Sendable {
    /// Bytes of a text at most: what a code on a screen holds and a telephone still reads.
    package static let most = 600
    /// White around a code, in modules (ISO/IEC 18004, 6.3.8).
    private static let margin = 4
    /// One code is a matter of milliseconds; this is for a busy machine.
    private static let limits = ToolLimits(
        wallTime: .seconds(20), processorSeconds: 10, memoryBytes: 256 << 20, fileBytes: 1 << 20,
        outputBytes: 1 << 20)

    private let tool: ConfinedTool
    private let sandbox: Sandbox

    /// Draws with the program where Debian puts it; children work below `scratch`.
    package init(
        tool: ConfinedTool = ConfinedTool(
            name: "qrencode", path: "/usr/bin/qrencode", debianPackage: "qrencode"),
        scratch: String = FileManager.default.temporaryDirectory.path
    ) {
        self.tool = tool
        sandbox = Sandbox(limits: Self.limits, scratchParent: scratch)
    }

    /// The code of a text, which is often a secret, as SVG: dark modules as one path on white, in
    /// any theme, without styles, so that a strict Content-Security-Policy shows it.
    package func svg(of text: String) async throws(QRCodeError) -> String {
        guard text.utf8.count <= Self.most else { throw .tooLong(most: Self.most) }
        // The text goes through a file: arguments can be seen by everybody on the machine.
        let arguments = [
            "-8", "-l", "M", "-m", "\(Self.margin)", "-t", "ASCII", "-r", "text", "-o", "-",
        ]
        let output: ToolOutput
        do throws(ToolError) {
            output = try await sandbox.run(
                tool, arguments, file: "text", bytes: Array(text.utf8))
        } catch {
            if case .missing(let tool, let package) = error {
                throw .missingTool(tool: tool, debianPackage: package)
            }
            throw .failed(detail: error.description)
        }
        guard output.ending == .exited(0), let svg = Self.svg(ofPrinted: output.output) else {
            let words = output.complaint.split(separator: "\n").last.map(String.init)
            throw .failed(detail: words ?? "\(tool.name) gave something else than a code")
        }
        return svg
    }

    /// Draws what qrencode printed: two signs a module, `#` where it is dark.
    ///
    /// Its own SVG has style attributes, which a strict policy forbids.
    static func svg(ofPrinted bytes: [UInt8]) -> String? {
        let rows = bytes.split(separator: 0x0A).map(Array.init)
        let size = rows.count
        // The smallest code has 21 modules a side.
        guard size >= 21 + 2 * margin, rows.allSatisfy({ $0.count == 2 * size }) else { return nil }
        var path = ""
        for (y, row) in rows.enumerated() {
            var x = 0
            while x < size {
                let start = x
                while x < size, row[2 * x] == UInt8(ascii: "#") { x += 1 }
                if x > start { path += "M\(start) \(y)h\(x - start)v1h-\(x - start)z" }
                x += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" \
            shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\(size)v\(size)h-\(size)z"/>\
            <path fill="#000" d="\(path)"/></svg>
            """
    }
}
