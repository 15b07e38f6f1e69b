/// The named characters of web pages (WHATWG HTML, 13.5): those of Latin letters, signs, Greek and
/// typography, which are nearly all that people and programs write by name.
enum HTMLEntities {
    static func decoded(_ text: String) -> String {
        // A line's end within a text is white space; `br` alone ends a line.
        let text = text.replacing("\n", with: " ")
        guard text.contains("&") else { return text }
        return Entities.decoded(text) { table[$0] }
    }

    private static let table: [Substring: String] = {
        var table: [Substring: String] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "AMP": "&", "LT": "<",
            "GT": ">", "QUOT": "\"", "lpar": "(", "rpar": ")", "comma": ",", "period": ".",
            "colon": ":", "semi": ";", "excl": "!", "quest": "?", "percnt": "%", "plus": "+",
            "equals": "=", "num": "#", "dollar": "$", "ast": "*", "sol": "/", "bsol": "\\",
            "lsqb": "[", "rsqb": "]", "lowbar": "_", "vert": "|", "commat": "@", "hyphen": "‐",
            "Tab": " ", "NewLine": " ", "check": "✓", "cross": "✗", "starf": "★", "star": "☆",
            "phone": "☎", "female": "♀", "male": "♂", "rsquor": "’", "lsquor": "‚",
            "ldquor": "„", "numsp": " ", "puncsp": " ", "hairsp": " ", "nbsp": " ", "shy": "",
            "zwj": "\u{200D}", "zwnj": "\u{200C}", "lrm": "", "rlm": "",
        ]
        // From U+00A1 in the order of their numbers.
        let latin = """
            iexcl cent pound curren yen brvbar sect uml copy ordf laquo not - reg macr deg plusmn \
            sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
            Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave \
            Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
            Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig \
            ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute \
            ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
            """
        for (index, name) in latin.split(separator: " ").enumerated() where name != "-" {
            table[name] = Unicode.Scalar(UInt32(0xA1 + index)).map { String(Character($0)) }
        }
        let greek = """
            Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi \
            Rho - Sigma Tau Upsilon Phi Chi Psi Omega
            """
        for (index, name) in greek.split(separator: " ").enumerated() where name != "-" {
            let number = UInt32(0x391 + index)
            table[name] = Unicode.Scalar(number).map { String(Character($0)) }
            table[Substring(name.lowercased())] = Unicode.Scalar(number + 0x20).map {
                String(Character($0))
            }
        }
        table["sigmaf"] = "ς"
        let others = """
            OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ensp _ emsp _ thinsp _ \
            ndash – mdash — horbar ― lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † \
            Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › oline ‾ frasl ⁄ \
            euro € image ℑ weierp ℘ real ℜ trade ™ alefsym ℵ larr ← uarr ↑ rarr → darr ↓ harr ↔ \
            crarr ↵ lArr ⇐ uArr ⇑ rArr ⇒ dArr ⇓ hArr ⇔ forall ∀ part ∂ exist ∃ empty ∅ nabla ∇ \
            isin ∈ notin ∉ ni ∋ prod ∏ sum ∑ minus − lowast ∗ radic √ prop ∝ infin ∞ ang ∠ and ∧ \
            or ∨ cap ∩ cup ∪ int ∫ there4 ∴ sim ∼ cong ≅ asymp ≈ ne ≠ equiv ≡ le ≤ ge ≥ sub ⊂ \
            sup ⊃ nsub ⊄ sube ⊆ supe ⊇ oplus ⊕ otimes ⊗ perp ⊥ sdot ⋅ lceil ⌈ rceil ⌉ lfloor ⌊ \
            rfloor ⌋ lang ⟨ rang ⟩ loz ◊ spades ♠ clubs ♣ hearts ♥ diams ♦ numero № \
            Ccaron Č ccaron č Ecaron Ě ecaron ě Rcaron Ř rcaron ř Zcaron Ž zcaron ž Ncaron Ň \
            ncaron ň Dcaron Ď dcaron ď Tcaron Ť tcaron ť Uring Ů uring ů Abreve Ă abreve ă \
            Aogon Ą aogon ą Eogon Ę eogon ę Lstrok Ł lstrok ł Nacute Ń nacute ń Sacute Ś sacute ś \
            Zacute Ź zacute ź Zdot Ż zdot ż Cacute Ć cacute ć Odblac Ő odblac ő Udblac Ű udblac ű \
            Gbreve Ğ gbreve ğ Idot İ inodot ı Scedil Ş scedil ş Tcedil Ţ tcedil ţ Amacr Ā amacr ā \
            Emacr Ē emacr ē Imacr Ī imacr ī Umacr Ū umacr ū Dstrok Đ dstrok đ
            """
        let words = others.split(separator: " ")
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            table[words[index]] = words[index + 1] == "_" ? " " : String(words[index + 1])
        }
        return table
    }()
}
