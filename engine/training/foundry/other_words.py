"""More ways to say each kind: neighbours, scenes, and what makes the sound.

The prompts of users are not the names of kinds. A sentence encoder brings neighbouring words near
to each other, but a network that has seen five phrases of a kind does not know how far its kind
reaches. None of these words is in ``tests/benchmarks/free_prompts.json``.
"""

from collections.abc import Mapping

_PHRASES: Mapping[str, str] = {
    "rain": (
        "raindrops; heavy rainfall on leaves; wet weather; water dripping from the gutter; "
        "monsoon rains; a cloudburst; showers of rain on a tent; a rainy day; drops pattering "
        "on an umbrella"
    ),
    "ocean": (
        "the seashore; coastal waves; waves lapping at a beach; swell rolling over pebbles; a "
        "calm bay; water breaking on rocks; rolling sea; a rough sea; the atlantic shore"
    ),
    "thunder": (
        "a bolt from the clouds; claps of thunder; distant thunder rumbles; a tempest; an "
        "electrical discharge in the clouds; a deafening thunderbolt; thundering; bad weather "
        "booming far off"
    ),
    "wind": (
        "a windy day; a breeze; wind whistling around the corner; a hurricane; a draught "
        "through the cracks; blustery weather; a blizzard; whooshing through a canyon; desert "
        "winds"
    ),
    "fire": (
        "wood burning in the fireplace; a burning stove; crackling embers; sparks from a camp "
        "fire; timber in flames; something burns and crackles; a wildfire; a cosy chimney fire"
    ),
    "birds": (
        "a songbird; a blackbird in a park; finches chirp; nightingales; warblers in the woods; "
        "a canary sings; wildlife in spring; a flock of small birds"
    ),
    "crickets": (
        "insects at night; chirping insects; night in the country with crickets; a warm night "
        "with bugs; locusts; katydids; chirping in tall grass; a nocturnal field"
    ),
    "dog": (
        "a dog barks; barking; a barking terrier; a guard dog; a big german shepherd; a small "
        "canine; hunting dogs; a pet that barks at the door; dogs in a kennel"
    ),
    "stream": (
        "a brook babbling; a small river flows; rapids; a mountain river; a fountain splashing; "
        "a spring in the rocks; flowing water"
    ),
    "bubbles": (
        "bubbling; water bubbling in a pot; underwater bubbles; an aquarium pump; a diver "
        "breathes out; simmering soup; fizz in a glass; a potion in a cauldron; blowing through "
        "a straw into milk"
    ),
    "cow": (
        "a cow moos; mooing; a calf with its mother; livestock in a barn; an ox; a pasture of "
        "cows; cows on an alpine pasture"
    ),
    "frogs": (
        "a pond by night; croaking; bullfrogs; amphibians in a marsh; a tree frog; wetlands "
        "after dark; a crowd of frogs; frog croaks"
    ),
    "siren": (
        "police on the way; a fire engine with its siren; an ambulance passes; a wartime siren; "
        "a cop car in pursuit; wailing sirens in a city; rescue services on their way; a "
        "firetruck"
    ),
    "alarm": (
        "an alarm clock; a digital watch beeps; an electronic beep; a security alarm; beeping "
        "medical equipment; a burglar alarm; a timer that has run out; repeated high beeps"
    ),
    "car engine": (
        "a car with its motor on; a diesel engine; an old sedan idling; under the bonnet; a van "
        "with the engine on; revving; motor noise inside a taxi; a parked bus with a running "
        "motor"
    ),
    "telephone": (
        "a phone in the office; a ringing phone; somebody rings the office; a rotary phone; a "
        "bell telephone from the fifties; the hotel phone rings; unanswered phone"
    ),
    "laser": (
        "zaps from a zap gun; an alien weapon; phasers on a starship; arcade game shots; a "
        "plasma gun; science fiction weapons; robots firing energy bolts; a video game zap"
    ),
    "explosion": (
        "a bomb; a big bang; a building blows up; fireworks blown up; a mine blows up; an "
        "artillery shell lands; a massive shock wave; a volcano erupts"
    ),
    "heartbeat": (
        "a heart; someone's heart in fear; a beating human heart; an unborn baby's heart; "
        "lub-dub; blood pumped through the body; a nervous heart racing"
    ),
    "white noise": (
        "tv static; a detuned radio; interference; pink noise; a constant hissing; conditioner "
        "noise; sound masking for sleep; random noise; an empty radio channel"
    ),
    "applause": (
        "an audience after a show; a standing crowd applauds; theatre guests applaud; applause "
        "in a stadium; hands clapping together; a clapping public; a warm reception for the "
        "speaker; many people applaud"
    ),
    "footsteps": (
        "shoes on gravel; walking up stairs; someone paces the room; a stroll on pavement; a "
        "runner's feet; steps coming closer; feet on wooden planks; a walker in the snow"
    ),
    "whistling": (
        "a whistle with the lips; whistled song; somebody whistling to themselves; a shepherd "
        "whistling; whistling while at work; a human whistle; a tune through pursed lips"
    ),
    "gunshots": (
        "a shot; a pistol; automatic weapons; soldiers fire their guns; bullets; a shotgun; a "
        "sniper; gun battle; a western duel"
    ),
    "helicopter": (
        "rotor blades; a hovering aircraft; a rescue helicopter lands; a military helicopter; "
        "whirling rotors; an aircraft with a rotor; the helipad"
    ),
    "motorcycle": (
        "a dirt bike; a motocross race; a scooter; a two-stroke engine; a racing motorbike; a "
        "motorcyclist; a bike revs up"
    ),
    "piano": (
        "a grand piano in a lounge; an upright piano; piano progression; a piano sonata; a "
        "waltz at the piano; somebody plays the piano; a nocturne; ragtime piano; classical "
        "piano piece"
    ),
    "guitar": (
        "guitar picking; a classical guitar; a spanish guitar; a steel-string guitar; flamenco; "
        "a singer-songwriter's guitar; plucked strings; a lute; a mandolin"
    ),
    "flute": (
        "a recorder; a wooden flute; a flutist; pan pipes; a bamboo pipe; an irish tin whistle "
        "melody; a shepherd's pipe; a high wind instrument"
    ),
    "organ": (
        "church music; organ pipes; an organist; sacred music at mass; a wedding march on the "
        "organ; a toccata; a sustained organ; solemn chapel music; a reed organ"
    ),
    "trumpet": (
        "a trumpeter; a horn signal; a military horn; a brass solo; a flugelhorn; mariachi "
        "trumpets; a herald's horn; a high brass instrument; big band trumpet"
    ),
    "drums": (
        "a drummer; percussion; a drum solo; hi-hat and bass drum; a groove on the drum set; a "
        "drum loop; a breakbeat; a backbeat; bongos and congas; sticks on drumheads"
    ),
    "violin": (
        "a violinist; a bow on strings; a violin sonata; irish violin; a string instrument "
        "played with a bow; a romantic violin; a gypsy violin; a stradivarius"
    ),
    "choir": (
        "people singing together; a church choir; vocal harmony; singers hold a vowel; a "
        "cappella voices; a boys' choir; angelic voices; gregorian chant; ethereal vocals; oohs "
        "and aahs"
    ),
    "accordion": (
        "a concertina; a bandoneon; tango accordion; a button accordion; a french waltz on the "
        "accordion; an accordionist; a free-reed instrument with bellows; a melodeon; a busker "
        "with an accordion"
    ),
    "electric guitar": (
        "a rock guitar; heavy metal guitar; power guitar riffs; a fuzz pedal; a guitar solo "
        "with distortion; a stratocaster; crunchy guitars; a blues guitar lick; punk guitars"
    ),
    "synthesizer": (
        "a synth; an analogue synth lead; a sawtooth wave melody; a moog; electronic melody; "
        "chiptune; square wave; a synth arpeggio; an electronic instrument; synthwave"
    ),
    "techno": (
        "edm; a nightclub; a four-on-the-floor beat; dance music; trance; electro; a dj set; a "
        "disco beat; thudding bass drum in a club; a warehouse party"
    ),
}

OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(phrases.split("; ")) for name, phrases in _PHRASES.items()
}
