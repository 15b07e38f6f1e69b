import Conversation

/// Finds text in documents that speaks to a program instead of customers: "ignore all previous
/// instructions".
///
/// No business tells its customers such a thing, so a passage that holds it is not offered at all:
/// whatever it wants to be said is said by nobody. Marks and fences around passages help models;
/// this does not depend on them.
enum InstructionScan {
    /// The passages without those that hold instructions for a program.
    static func without(_ passages: [RankedPassage]) -> [RankedPassage] {
        passages.filter { !isInstruction(in: ($0.headings + [$0.text]).joined(separator: "\n")) }
    }

    /// Whether a text speaks to a program.
    static func isInstruction(in text: String) -> Bool { scanned(text) }

    private static let scanned = Memo<String, Bool> { text in
        let plain = PlainText.of(text)
        let folded = TextFolding.fold(plain)
        if marks.contains(where: { folded.contains($0) }) { return true }
        if matches(plain) { return true }
        // Letters with blanks between them, as nobody writes them.
        let letters = folded.split { !$0.isLetter && !$0.isNumber }
        var run = ""
        for piece in letters {
            run = piece.count == 1 ? run + piece : ""
            if squeezed.contains(where: { run.contains($0) }) { return true }
        }
        // Letters of other scripts, and digits, that only look like the ones meant.
        let meant = folded.split(separator: " ").map { lookalike(String($0)) }
            .joined(separator: " ")
        return meant != folded && matches(meant)
    }

    /// Sentence by sentence, so that no phrase reaches from one into the next, and as a whole
    /// where lines are torn apart.
    private static func matches(_ text: String) -> Bool {
        let sentences = text.split { ".!?。！？\n".contains($0) }
        if sentences.contains(where: { phrases.matches(Words.units(of: String($0))) }) {
            return true
        }
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.count > 1 && lines.count * 3 >= text.split(separator: " ").count
            && phrases.matches(Words.units(of: text))
    }

    /// A folded word whose letters mix scripts, or letters and digits, in one script.
    private static func lookalike(_ word: String) -> String {
        let hasLatin = word.unicodeScalars.contains { Script($0) == .latin }
        guard hasLatin else { return word }
        return String(word.map { twins[$0] ?? $0 })
    }

    private static let twins: [Character: Character] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s",
        "ј": "j", "ԁ": "d", "һ": "h", "ո": "n", "ɡ": "g", "ɑ": "a", "ο": "o", "α": "a", "ε": "e",
        "ι": "i", "ν": "v", "ρ": "p", "τ": "t", "0": "o", "1": "i", "3": "e", "4": "a", "5": "s",
        "7": "t", "@": "a", "$": "s",
    ]

    /// Marks of chat templates, roles and calls of tools.
    private static let marks = [
        "<|im_start|>", "<|im_end|>", "<|system|>", "<|assistant|>", "<|user|>", "<|endoftext|>",
        "[inst]", "[/inst]", "<<sys>>", "<start_of_turn>", "<end_of_turn>", "<tool_call>",
        "</tool_call>", "<function_call", "<function=", "\"tool_calls\"", "### instruction",
        "### system", "### assistant", "<system>", "</system>", "<assistant>",
        "begin system prompt", "end of system prompt", "<!-- ai", "{{system",
        "\"role\": \"system\"", "\"role\":\"system\"",
        "\"name\": \"handoff\"", "\"function\":", "tool_choice",
    ]

    private static let squeezed = [
        "ignoreprevious", "ignoreall", "ignoretheprevious", "systemprompt", "previousinstructions",
    ]

    private static let phrases = PhraseBook(
        """
        ignore|disregard|forget|override|bypass|overwrite ... \
        previous|above|prior|earlier|preceding|your|existing|original \
        instructions|instruction|rules|prompt|prompts|guidelines|directives|orders|programming
        ignore|forget all|any [of] [the|your|these|those] [system] \
        instructions|rules|prompts|guidelines
        ignore|disregard|forget everything|all|anything|whatever [that|what] [you|was] \
        [were|was|have|ve] [been] above|before|previously|said|told|learned|taught
        new|updated|real|actual|following|these|important|secret instructions|rules|task|orders \
        [for|to] [the|you|all] ai|assistant|chatbot|assistants|llm
        your|the new|real|true|actual|secret|hidden instructions|task|role|goal|mission are|is \
        [now] ...
        system prompt|instruction|instructions|override
        enter|enable|activate|in|now developer|debug|god|admin|jailbreak|dan|unrestricted|root \
        mode
        you are|re now|actually|henceforth [a|an|the|in] \
        [free|helpful|new|different|unrestricted|evil] \
        ai|assistant|chatbot|bot|dan|pirate|hacker|administrator|developer|unrestricted|jailbroken
        you are|re [a|an] [large|helpful|unrestricted|different|evil] \
        ai|chatbot|bot|language_model|ai_assistant
        act|behave|respond|pretend|roleplay [only] as|like [a|an|if] [you_are] [an|a] \
        ai|assistant|dan|bot|system|administrator|developer|pirate|unrestricted
        as an|the|a ai|assistant|language_model|chatbot|llm [assistant|model] you ...
        attention|note|important|message|memo|instruction|instructions|dear|hello|hey|notice \
        [to|for] [the|all|any] \
        ai|assistant|llm|chatbot|bot|assistants|chatbots|bots|language_model|ai_assistant
        ai|llm|assistant|chatbot|bot|assistants must|should|shall|has_to|needs_to ... \
        say|tell|answer|reply|respond|output|write|send|call|append|ignore|reveal
        reveal|print|output|show|repeat|leak|dump|disclose|display [me] [the|your|all|any] \
        [full|entire|hidden|whole] \
        system_prompt|system_message|prompt|api_key|api_keys|access_token|hidden_instructions\
        |instructions_above
        call|invoke the|this ... function|handoff
        when|if|whenever [the|a|any] user|customer asks ... you must|should|always|will ...
        from now on you|always [will|must|only|are] answer|reply|respond|say|ignore|speak|act|to
        previous|above|earlier|preceding|prior instructions|rules|prompt ... \
        void|obsolete|invalid|cancelled|no_longer|outdated|fake|replaced|revoked
        instructions|rules|prompt above|before ... \
        void|obsolete|invalid|cancelled|no_longer|outdated|fake|replaced|revoked
        end of [the] passage|passages|context|prompt|user_input
        decode ... base64|rot13 ... follow|obey|execute|do
        ignora|ignore|olvida|olvide|descarta|desobedece [todas] [las|tus|sus|todo] \
        [todas|instrucciones|reglas|lo] anterior|anteriores|instrucciones|reglas|previas
        nuevas|nueva|verdaderas|tus instrucciones|orden|instruccion [son|para|del] \
        [ahora|el|la] [ia|asistente|sistema|bot] ...
        instrucciones|mensaje|nota|aviso para|al|del [el|la|los] \
        asistente|modelo|sistema|bot|chatbot|ia
        eres|actua|comportate|responde [ahora] como|un|una ... \
        asistente|modelo|ia|bot|sistema|pirata|administrador
        a_partir_de ahora [tu] responde|responderas|eres|diras
        ignorier*|vergiss|vergesst|missachte|uberschreibe [alle|deine|die|bitte] \
        [alle|deine|bisherigen|vorherigen|obigen] [bisherigen|vorherigen] \
        anweisungen|regeln|instruktionen|vorgaben|prompt|bisherige|vorherige
        neue|wahre|geheime|deine anweisung|anweisungen [an|fur|lauten|ist|sind] \
        [die|das|den|dich|nun|jetzt] [ki|assistenten|bot] ...
        anweisung|anweisungen|hinweis|nachricht|notiz an|fur [die|das|den|alle] \
        ki|assistent|assistenten|modell|sprachmodell|bot|chatbot|system
        du bist|agierst|antwortest [jetzt|nun|ab_jetzt|ab_sofort] ... \
        assistent|modell|ki|bot|pirat|administrator|system|entwickler
        ab jetzt|sofort [an] antworte|antwortest|bist|sage|sag [du] ...
        ignore*|oublie* [toutes] [les|tes|vos] [les] instructions|consignes|regles [precedentes]
        [nouvelles] instructions|consignes|message|note pour|a_l|au|aux [l] \
        assistant|assistants|modele|ia|systeme|chatbot|bot
        tu es|vous_etes [maintenant|desormais] [un|une|le] ... \
        assistant|modele|ia|pirate|systeme|administrateur
        a_partir_de maintenant [tu|vous] repond*|dis|dites|es|etes
        ignor*|esquec*|desconsider* [todas] [as] [suas|tuas] instrucoes|regras|orientacoes
        instrucoes|mensagem|aviso|nota para|ao|do [o|a] assistente|modelo|sistema|ia|bot|chatbot
        a_partir_de agora [voce] responda|diga|sera
        ignora*|dimentica* [tutte] [le] [tue] istruzioni|regole [precedenti]
        istruzioni|messaggio|nota per|al [l|il] assistente|modello|sistema|ia|bot
        d_ora_in_poi [tu] rispondi|sei
        negeer|vergeet [alle|de] [vorige|eerdere|voorgaande|bovenstaande] \
        instructies|regels|aanwijzingen
        zignoruj|zapomnij ... instrukcje|polecenia|zasady|poprzednie
        игнорируй*|забудь*|проигнорируй* ... инструкции|указания|правила|предыдущие
        ігноруй*|забудь ... інструкції|правила|попередні
        yoksay|unut|gormezden ... talimat*|kural*
        onceki ... talimat*|kural* ... yoksay|unut|gormezden
        abaikan|lupakan ... instruksi|perintah|aturan|sebelumnya
        تجاهل ... التعليمات|تعليمات|القواعد|السابقة
        忽略 ... ... 指令|指示|规则
        忘记 ... ... 指令|指示|规则
        無視 ... 指示
        指示|命令 ... 無視
        이전 ... 지시*
        지시* ... 무시*
        पिछले ... निर्देश
        निर्देशों ... अनदेखा
        """.split(separator: "\n").map { PhrasePattern(String($0)) })
}

/// Text as it is read by people: without marks that have no width, turn the direction around, or
/// hide letters from them.
enum PlainText {
    /// The text without such marks.
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isHidden($0) }))
    }

    /// Zero-width and joining marks but those within emoji and words, direction overrides (UAX #9),
    /// tag characters (U+E0000 to U+E007F), supplementary variation selectors, and controls.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a, 0x0d: false
        case 0...0x1f, 0x7f...0x9f, 0xad, 0x200b, 0x200e, 0x200f, 0x202a...0x202e, 0x2060...0x206f,
            0xfeff, 0xe0000...0xe007f, 0xe0100...0xe01ef, 0x180e, 0x115f, 0x1160, 0x3164:
            true
        default: false
        }
    }
}
