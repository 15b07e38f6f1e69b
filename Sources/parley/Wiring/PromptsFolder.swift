import Configuration
import Conversation
import FoundationEssentials
import OrchestratorStage

/// The folder of prompt files: the installation's, and under `tenants/ID/answer.md` those of
/// businesses that have an answer prompt of their own, each with its cases.
struct PromptsFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// The installation's prompts.
    ///
    /// - Throws: `PromptError` or `ConfigurationError` if a prompt is missing or broken.
    func book() throws -> PromptBook { try PromptBook(texts()) }

    /// The texts of the installation's files, by name.
    func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for name in PromptBook.names {
            guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
                throw ConfigurationError(
                    "\(path)/\(name)", "the prompt is missing; name its folder with --prompts")
            }
            texts[name] = String(decoding: data, as: UTF8.self)
        }
        return texts
    }

    /// The answer prompts of tenants, by tenant.
    ///
    /// - Throws: `PromptError` if one is broken.
    func ownAnswers() throws -> [TenantID: PromptFile] {
        let folder = "\(path)/tenants"
        // Most installations have none.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var prompts: [TenantID: PromptFile] = [:]
        for name in names.sorted() {
            let file = "\(folder)/\(name)/answer.md"
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            prompts[TenantID(name)] = try PromptBook.ownAnswer(
                String(decoding: data, as: UTF8.self), file: file)
        }
        return prompts
    }
}
