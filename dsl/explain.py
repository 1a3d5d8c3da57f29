"""The long form of every finding's code: what it means, why it matters, an example gone wrong and put right.

`EXAMPLES` holds the examples as whole scores (the wrong one gives its code, the right one does not); the
planner's codes come from `dsl.time_findings`.
"""

from collections.abc import Mapping

from dsl.time_findings import TIME_EXPLANATIONS

_PROSE: Mapping[str, str] = {
    # Files and encodings
    "I101": """A byte order mark.
The file starts with the three bytes that some editors put before UTF-8. It is left out; nothing needs
doing.""",
    "E101": """The file is not UTF-8.
Scores are UTF-8 text, so that every script and every tool reads the same words. The finding names the
encoding that the bytes look like: open the file in that encoding, and save it as UTF-8.""",
    "E102": """The file is UTF-16 or UTF-32.
Some editors call this encoding “Unicode”. Save the file as UTF-8.""",
    "E103": """This is no text file.
The bytes are those of another kind of file. To use a MIDI file as a theme, name it in a score: @motif
rope = "rope.mid".""",
    "E104": """The file is too large.
No score is that long; most likely it is another file. Divide it, or include what is shared.""",
    "E105": """A line is too long.
Lines of script end at 100,000 characters, directives at 10,000 and values of front matter at 1,000, so that
checking stays fast. Break it.""",
    "E106": """A control character.
NUL and its like, and halves of characters, have no place in a script: nothing can read them aloud.
Delete them.""",
    "W106": """An invisible direction control.
Such characters make a line look as if it stood in another order than it does. Right-to-left scripts
need none.""",
    "E107": """Too many cues.
A score has at most 5,000 cues. Divide it into several.""",
    "E108": """Too many or too long directives.
A file's directives, and a line's marks, are limited so that checking a file takes bounded time. Divide
the file, or break the line.""",
    "E109": """Too many lines.
A score has at most 200,000 lines; what stands behind them is not read.""",
    "I110": """More findings than are shown.
The first thousand are shown, errors before the rest. Mend some, and check again.""",
    "W112": """Nothing to score.
The file holds no line of script, no heading and no declaration.""",
    "W113": """A file of another kind under a score's name.
There is no heading and no directive in it, and it begins as subtitles, lists of cuts, tables, JSON or
markup do. What stands in it would be read aloud, numbers and codes too. Give it back the ending of its
name (.srt, .fdx, .edl …); melodrama import X -o Y.score makes a score of what it understands.""",
    # Syntax
    "E201": """Something is not expected here.
A character or word stands where the directive cannot take it. Often it is a full-width character from a
Chinese keyboard: write numbers, brackets and commas half-width in directives.""",
    "E202": """A mark is not closed.
What stands in braces is a directive pinned to that word. Close it with }, or write \\{ to mean a brace.""",
    "E203": """Quoted text is not closed.""",
    "E204": """Notes are not closed.
Notes stand between [ and ].""",
    "E205": """An empty mark.
Braces hold a directive, such as {hit}. Write \\{ to mean a brace.""",
    "E206": """This is no line of front matter.
Above the --- stand key: value lines, comments and blank lines only. A directive up there ends the front
matter before the ---, and the keys would be read aloud.""",
    "E207": """The front matter is not closed.
Without the line --- its keys would be read aloud as script.""",
    "E208": """A directive that cannot stand inside a text.
Declarations, and directives about a whole cue or paragraph, have a line of their own.""",
    "E209": """Something is missing.
The directive, or the front-matter key, needs more than it was given; the hint shows its form.""",
    "E210": """A value of the wrong kind.
A number stands where a name is wanted, a name where a duration is wanted, and so on; the hint shows the
form.""",
    "E211": """More than the directive takes.
The first words were understood; what follows them has no meaning here. Comments start with // after a
space.""",
    "E212": """The same thing given twice.""",
    "W213": """A heading with several #.
Cues have no levels. One # starts a cue; more mean the same.""",
    "E214": """Formatting would change the meaning.
The formatter compares what the text means before and after; this line would differ, so nothing was
changed.""",
    "E215": """A mark that a merge left in the file.
Where two branches changed the same lines, git writes both versions between <<<<<<<, ======= and >>>>>>>, for
somebody to choose. Keep one version and delete the marks. A line of script that begins so is written with
a \\ before it.""",
    # Values and names
    "E301": """An unknown directive.
The hint names the nearest one, by meaning or by spelling; `melodrama explain directives` lists them. A line
of script that starts with @ is written \\@.""",
    "E302": """An unknown emotion.
It is none of the language's emotions and no @mood declares it. The hint names the nearest one;
`melodrama explain emotions` lists them.""",
    "E303": """An unknown style.
It is none of the language's styles and no @palette declares it. `melodrama explain styles` lists them.""",
    "E304": """An unknown instrument.
Instruments go by General MIDI names with dashes (french-horn), or Chinese ones (大提琴).
Drums take a kit.""",
    "E305": """An unknown role.
The roles are melody, counter, chords, bass and drums.""",
    "E306": """This is no key.
A key is a letter A to G, # or b where needed, and major or minor; or auto.""",
    "W307": """An unknown front-matter key.
It has no effect. The hint names the nearest key that has.""",
    "E308": """A value out of range.
The hint gives the range.""",
    "E309": """An unknown unit.
Durations count s, ms, bars or beats, written right behind the number.""",
    "E310": """A number too large to mean anything.""",
    "E311": """A word that is none of those possible here.
The hint names the nearest, or lists them.""",
    "E312": """An unknown property.
The word before the = is none that this directive knows.""",
    "E313": """Declared twice.
The first declaration of a name counts; the second would silently say something else.""",
    "E314": """An undeclared motif.
No @motif in this file or its includes has that name.""",
    "W315": """A line that is nearly a character's.
It starts with a name and a colon, but the character is spelled otherwise, so that it is read as
narration.""",
    "I317": """A motif that is never used.
Nothing brings it in: no @motif NAME, no mark, no character.""",
    "I318": """A mood that is never used.""",
    "I319": """A palette that is never used.""",
    "I320": """A character who never speaks and is never named.""",
    "W321": """A setting that nothing follows.
Settings hold from where they stand to the end of the cue; behind the cue's last text there is nothing
left to set.""",
    "W322": """Wishes that contradict each other.
A frozen take is used as it is, so @take and @seed have no say; a loop has no end that could ring out.""",
    "W323": """A directive about the whole cue stands in it twice.
The last one counts.""",
    "E324": """Frames without a frame rate.
00:01:12:08 counts film frames, and the front matter says no fps.""",
    "E325": """A frame that does not exist.
At 25 frames a second they count from 00 to 24.""",
    "E326": """A front-matter key given twice.
The first one counts.""",
    "E327": """An unknown format.
The file says that it is written in a later version of the language than this one reads.""",
    "E328": """A motif of too many notes.
A theme is short; what is longer is a piece of music. At most 1,000 elements are taken.""",
    "E329": """A note that MIDI cannot say.
Notes go from C-1 to G9; C4 is middle C.""",
    "E330": """This is no note.
A note is a letter A to G, # or b where needed, and an octave. R is a rest, and stands alone.""",
    "E331": """A motif without notes.""",
    "E332": """A range that runs backwards.""",
    "E333": """A palette built on itself.
Following from= leads back to where it began.""",
    "I334": """A mood that redefines an emotion of the language.
In this file the name means the mood, in both languages.""",
    "E335": """A palette named like a style.
The style would hide it. Give it a name of its own.""",
    "W336": """A cue number given twice.
Cue sheets and files name cues by their numbers. A cue number is any first word of letters, digits, _, -
that holds a digit or a _ (1m1, L3, A1, boss_door); a cue without one is named by its title.""",
    "W337": """A setting overruled at once.
A later one of the same kind stands before anything sounds.""",
    "E338": """Drop-frame timecode at another frame rate.
01:00:10;12 counts drop-frame, which exists at 29.97 and 59.94 frames a second only. Write a colon before the
frames, or the film's true rate.""",
    "W339": """Drop-frame and non-drop timecodes in one film.
With ; before the frames, labels are left out so that the count keeps to the clock; with : they are not. The
two drift 3.6 s an hour apart, so that a film is counted in one or the other.""",
    "I340": """Words that are read as the writer says.
@feel "LINE or word" EMOTION [INTENSITY] is a declaration: how these words are to be read, wherever they
stand. A sentence that is these words is felt so, and one that holds them; a whole sentence comes before a
phrase, the longer words before the shorter, and of several the mean counts. The text model is not asked;
@emotion still comes first. `melodrama feel` keeps such readings in readings.score beside the score, which
includes it.""",
    "I341": """A reading of words that are nowhere.
The @feel has no effect. Perhaps the line was changed since: write the words as they stand in it, or delete
the @feel.""",
    "E342": """An unknown cue.
The transition leads to a cue that this score does not have. to= takes a cue's number (to=1m2) or its title,
in quotes where it is more than one word (to="The charge").""",
    "W343": """A cue's name that several cues have.
The transition leads to the first of them. Give the cues numbers and name the one that is meant by its
own.""",
    "W344": """A transition that leads to its own cue.
It is left out. A cue that is to begin again when it has ended is a @loop.""",
    # Files that a score names
    "E501": """A path that leads out of the score's folder.
A score can name files beside it and in folders below: no absolute paths, no .., no links that end
elsewhere. So nobody's score can read anybody's files.""",
    "E502": """An included file cannot be read.
It is missing, no regular file, or too large; or the score itself has no folder yet.""",
    "E503": """Includes in a circle.
A file includes itself, perhaps by way of others.""",
    "E504": """Too many includes.
At most 64 files, 8 deep.""",
    "E505": """Something that cannot be included.
Included files hold declarations only: @character, @motif, @mood, @palette, @feel,
@include.""",
    "E506": """An included file has mistakes.
The finding tells the first; check that file for the rest.""",
    "E507": """A file is missing.
A directive names a file that is not there. Paths start in the score's folder.""",
    "E508": """A file of the wrong kind.
Motifs and frozen takes are MIDI files, references are recordings, includes are scores.""",
    "W510": """The front matter of an included file.
It is not used: settings belong to the score itself.""",
    "W511": """A temp track that is followed in part.
The recording has no clear pulse, so the music takes its tempo from the feeling; key, loudness and
brightness are followed all the same. @tempo says a tempo.""",
    "W520": """More instruments than MIDI has channels.
The score's styles and palettes ask for more than fifteen pitched instruments. Doublings are left out, or
parts given to the instrument nearest to theirs; the finding says which. Use fewer styles, or a palette.""",
    "W530": """A frozen take without a complete note.
No note in the file that @freeze names both begins and ends, so that the cue is silent. Programs that stop
in the middle of recording write such files: export the take again.""",
    "W531": """A music file that is not quite right.
A MIDI file or a recording that the score names was read in spite of something odd: it breaks off, claims
what it does not hold, or has values, keys or texts that cannot be. The finding says what was done about
it. Export the file again to be sure of it.""",
    "W532": """A frozen take of another length.
The file that @freeze names lasts other than the cue, by more than a bar, and is stretched or squeezed to
fill it. Give the cue as many bars as the take has, or export the take at the cue's length.""",
    "W541": """A recording in which nobody is heard.
It cannot be read as sound, or is silent, or so noisy that no speech stands out. Its lines are laid by
reading time.""",
    "W542": """A recording that is clipped, or longer than is listened to.
Where samples are cut off at full scale the voice is distorted. Of a recording two hours are listened to.""",
    "I542": """A recording that is telephone-like or not mono.
With fewer than 12,000 samples a second consonants are missing that tell words apart; channels that differ
are made one. Lines are laid all the same.""",
    "W543": """The recording says more than its script.
The finding says from when to when something is heard that no line of the script has: an announcement, a
second take, lines that were written out; "line 7 again" is a line that is said twice. What is shorter than
0.8 seconds, a cough or a word, is not told.""",
    "W544": """A line that the recording does not seem to say, or says otherwise.
With espeak-ng installed, an English or Chinese line is compared with a synthetic reading of it, and nothing
in the recording sounds like it. Without espeak-ng (apt install espeak-ng), or in another language, only
lengths and pauses say so, and which of several lines is missing is a guess.""",
    "W545": """Recording and script do not seem to be the same.
Another text, another language, another part of the text, or many lines more or less: with espeak-ng
installed too few lines of a synthetic reading sound like the recording; without it the pace that would fit
is beyond anybody's, or the lines lie badly along the speech. The times of the lines are a guess.""",
    "I546": """Lines whose times are not sure.
Other words would sound about as much like it there, or, without espeak-ng, no clear pause lies before them
and another place would fit about as well. `plan --json` has the confidence of every line. Leave a pause
between lines, or look at the times.""",
    "W540": """A recording that is not there yet.
@voice names a recording that is not in the score's folder. Until it is, lines are laid by reading time and
nobody speaks in what is rendered. Paths start in the score's folder.""",
    "W550": """A film that is not there.
@picture names a film that is not in the score's folder. Until it is, what is felt is the text's alone.
Paths start in the score's folder.""",
    "W551": """A film that is looked at in part, or not at all.
Looking at the film that @picture names needs ffmpeg, and the film a picture that can be decoded; where
that is not so, what is felt is the text's alone. A film without sound, one whose frame rate varies and one
that breaks off are looked at as far as they go; the finding says what is missing. melodrama spot FILM shows
what is seen.""",
}

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "W112": ("// nothing yet", "The wind rose."),
    "W113": ("1\n00:00:01,000 --> 00:00:03,000\nThe wind rose.", "# Wind\n@at 00:00:01\nThe wind rose."),
    "E201": ("@pause 2s，\nGo.", "@pause 2s\nGo."),
    "E202": ("He stops. {hit", "He stops. {hit}"),
    "E203": ('@motif rope = "rope.mid', "@motif rope = [E5 G5]"),
    "E204": ("@motif rope = [E5 G5", "@motif rope = [E5 G5]"),
    "E205": ("He stops. {}", "He stops. {hit}"),
    "E206": ("title: The cliff\ntempo 90\n---\nGo.", "title: The cliff\ntempo: 90\n---\nGo."),
    "E207": ("melodrama: 1\ntitle: The cliff\n\nGo.", "melodrama: 1\ntitle: The cliff\n---\nGo."),
    "E208": ("He stops. {fit 2s}", "@fit 2s\nHe stops."),
    "E209": ("@pause\nGo.", "@pause 2s\nGo."),
    "E210": ("@pause 2\nGo.", "@pause 2s\nGo."),
    "E211": ("@style strings loud\nGo.", "@style strings\n@dynamics f\nGo."),
    "E212": ("@instruments melody=cello melody=oboe\nGo.", "@instruments melody=cello counter=oboe\nGo."),
    "W213": ("## The cliff\nGo.", "# The cliff\nGo."),
    "E215": ("<<<<<<< HEAD\nHe stops.\n=======\nHe runs.\n>>>>>>> theirs", "He runs."),
    "E301": ("@emotoin despair\nGo.", "@emotion despair\nGo."),
    "E302": ("@emotion dispair\nGo.", "@emotion despair\nGo."),
    "E303": ("@style stringz\nGo.", "@style strings\nGo."),
    "E304": ("@instruments melody=celo\nGo.", "@instruments melody=cello\nGo."),
    "E305": ("@mute drumms\nGo.", "@mute drums\nGo."),
    "E306": ("@key H minor\nGo.", "@key B minor\nGo."),
    "W307": ("titel: The cliff\n---\nGo.", "title: The cliff\n---\nGo."),
    "E308": ("@tempo 0\nGo.", "@tempo 60\nGo."),
    "E309": ("@pause 2sec\nGo.", "@pause 2s\nGo."),
    "E310": ("@tempo 1e999\nGo.", "@tempo 90\nGo."),
    "E311": ("@transition fade\nGo.", "@transition crossfade 2s\nGo."),
    "E312": ("@character LIN moteef=rope\nLIN: Go.", "@character LIN register=low\nLIN: Go."),
    "E313": (
        "@mood a = 0 0\n@mood a = 1 1\n@emotion a\nGo.",
        "@mood a = 0 0\n@mood b = 1 1\n@emotion a -> b\nGo.",
    ),
    "E314": ("@motif rope\nGo.", "@motif rope = [E5 G5]\n@motif rope\nGo."),
    "W315": ("@character LIN\nLIN: Go.\nLin: Go.", "@character LIN\nLIN: Go.\nLIN: Go."),
    "I317": ("@motif rope = [E5 G5]\nGo.", "@motif rope = [E5 G5]\nGo. {motif rope}"),
    "I318": ("@mood dusk = -0.3 -0.4\nGo.", "@mood dusk = -0.3 -0.4\n@emotion dusk\nGo."),
    "I319": ("@palette duo = melody=oboe\nGo.", "@palette duo = melody=oboe\n@style duo\nGo."),
    "I320": ("@character LIN\nGo.", "@character LIN\nLIN: Go."),
    "W321": ("Go.\n@emotion hope", "@emotion hope\nGo."),
    "W322": ("@take 2\n@loop\n@transition ring-out\nGo.", "@take 2\n@loop\nGo."),
    "W323": ("@take 2\n@take 3\nGo.", "@take 3\nGo."),
    "E324": ("@at 00:01:12:08\nGo.", "fps: 25\n---\n@at 00:01:12:08\nGo."),
    "E325": ("fps: 25\n---\n@at 00:01:12:25\nGo.", "fps: 25\n---\n@at 00:01:13:00\nGo."),
    "E326": ("tempo: 90\ntempo: 80\n---\nGo.", "tempo: 90\n---\nGo."),
    "E327": ("melodrama: 9\n---\nGo.", "melodrama: 1\n---\nGo."),
    "E328": (f"@motif rope = [{'E5 ' * 1001}]\n@motif rope\nGo.", "@motif rope = [E5 E5]\n@motif rope\nGo."),
    "E329": ("@motif rope = [C12]\n@motif rope\nGo.", "@motif rope = [C5]\n@motif rope\nGo."),
    "E330": ("@motif rope = [H5]\n@motif rope\nGo.", "@motif rope = [B5]\n@motif rope\nGo."),
    "E331": ("@motif rope = [R:2]\n@motif rope\nGo.", "@motif rope = [E5:2]\n@motif rope\nGo."),
    "E332": ("@tempo 90..60\nGo.", "@tempo 60..90\nGo."),
    "E333": (
        "@palette duo = from=duo\n@style duo\nGo.",
        "@palette duo = from=strings melody=oboe\n@style duo\nGo.",
    ),
    "I334": ("@mood joy = 1 1\n@emotion joy\nGo.", "@mood glee = 1 1\n@emotion glee\nGo."),
    "E335": (
        "@palette piano = melody=oboe\n@style piano\nGo.",
        "@palette duo = melody=oboe\n@style duo\nGo.",
    ),
    "W336": ("# 1m1 One\nGo.\n# 1m1 Two\nGo.", "# 1m1 One\nGo.\n# 1m2 Two\nGo."),
    "W337": ("@emotion hope\n@emotion joy\nGo.", "@emotion hope -> joy\nGo."),
    "E338": ("fps: 25\n---\n@at 00:01:12;08\nGo.", "fps: 25\n---\n@at 00:01:12:08\nGo."),
    "W339": (
        "fps: 29.97\nstart: 01:00:00;00\n---\n@at 01:00:12:08\nGo.",
        "fps: 29.97\nstart: 01:00:00;00\n---\n@at 01:00:12;08\nGo.",
    ),
    "I340": ('@feel "Go." hope 0.6\nGo.', "Go."),
    "I341": ('@feel "Stay." hope 0.6\nGo.', "Go."),
    "E342": (
        "# 1m1 Gate\nGo.\n@transition cut to=1m3\n# 1m2 Hall\nStay.",
        "# 1m1 Gate\nGo.\n@transition cut to=1m2\n# 1m2 Hall\nStay.",
    ),
    "W343": (
        "# L1 Hall\nGo.\n# L2 Hall\nStay.\n# L3 Gate\nGo.\n@transition cut to=Hall",
        "# L1 Hall\nGo.\n# L2 Hall\nStay.\n# L3 Gate\nGo.\n@transition cut to=L2",
    ),
    "W344": ("# Hall\nGo.\n@transition cut to=Hall", "# Hall\n@loop\nGo."),
    "E501": ('@include "../common.score"\nGo.', "@character KING\nKING: Go."),
    "E508": ('@temp "reference.txt"\nGo.', "@tempo 90\nGo."),
}
"""Wrong and right, by code, for the codes that a text alone can show."""


def _long_form(code: str) -> str:
    if code not in EXAMPLES:
        return _PROSE[code]
    wrong, right = EXAMPLES[code]
    return f"{_PROSE[code]}\n\nWrong:\n{_indented(wrong)}\n\nRight:\n{_indented(right)}"


def _indented(example: str) -> str:
    return "\n".join("    " + (line if len(line) < 80 else line[:60] + " …") for line in example.split("\n"))


EXPLANATIONS: Mapping[str, str] = {code: _long_form(code) for code in _PROSE} | dict(TIME_EXPLANATIONS)
"""Every code's long form; its first line is a title."""
