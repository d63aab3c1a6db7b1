"""Kinds: machines, people, signals and weapons."""

from engine.training.foundry import machines, music, people, vehicles
from engine.training.foundry.kind import Kind
from engine.training.foundry.recipes import effect, formula, one_of
from engine.training.foundry.signals import white_noise
from engine.training.foundry.soundfonts import FLUID_MONO, MUSESCORE

_PHONE = one_of(
    effect(0, 124, every=2.0, key_spread=2, font=MUSESCORE),
    effect(1, 124, every=2.5, key_spread=2),
    formula(machines.telephone),
)

THINGS: tuple[Kind, ...] = (
    Kind(
        name="siren",
        recipe=one_of(formula(machines.siren), formula(machines.siren), effect(5, 125, every=5.6)),
        phrases=("a police siren", "an ambulance siren", "a siren wailing", "sirens", "a siren"),
        targets=("Siren", "Police car (siren)", "Ambulance (siren)", "Emergency vehicle"),
    ),
    Kind(
        name="alarm",
        recipe=formula(machines.alarm),
        phrases=("an alarm beeping", "a smoke alarm", "a beeping alarm", "an alarm", "beeps"),
        targets=("Alarm", "Beep, bleep", "Smoke detector, smoke alarm"),
        may_be_distant=False,
    ),
    Kind(
        name="car engine",
        recipe=one_of(
            formula(machines.car_engine),
            formula(machines.car_engine),
            effect(1, 125, every=5.6, key_spread=4),
        ),
        phrases=("a car engine", "an engine idling", "a car engine revving", "a motor running"),
        targets=("Engine", "Idling", "Car", "Vehicle", "Medium engine (mid frequency)"),
        is_texture=True,
    ),
    Kind(
        name="telephone",
        recipe=_PHONE,
        phrases=(
            "a telephone ringing",
            "an old phone ringing",
            "a phone rings",
            "a telephone bell",
        ),
        targets=("Telephone", "Telephone bell ringing"),
        may_be_distant=False,
    ),
    Kind(
        name="laser",
        recipe=one_of(
            formula(machines.laser),
            formula(machines.laser),
            effect(2, 127, every=0.8, key_spread=4, jitter=0.3),
        ),
        phrases=("a laser gun", "laser shots", "sci-fi laser zaps", "a laser blaster", "lasers"),
        targets=("Sound effect", "Zing", "Arrow", "Whoosh, swoosh, swish", "Boing"),
    ),
    Kind(
        name="explosion",
        recipe=one_of(
            formula(machines.explosion),
            formula(machines.explosion),
            effect(3, 127, every=2.7, key_spread=5),
        ),
        phrases=("an explosion", "a bomb exploding", "a big explosion", "explosions", "a boom"),
        targets=("Explosion", "Boom", "Artillery fire", "Fireworks"),
    ),
    Kind(
        name="heartbeat",
        recipe=one_of(formula(machines.heartbeat), effect(4, 126, every=0.9)),
        phrases=("a heartbeat", "a heart beating", "heart sounds", "a beating heart"),
        targets=("Heart sounds, heartbeat", "Heart murmur"),
        may_be_distant=False,
    ),
    Kind(
        name="white noise",
        recipe=formula(white_noise),
        phrases=("white noise", "static", "hissing noise", "radio static", "noise"),
        targets=("White noise", "Static", "Noise"),
        may_be_distant=False,
    ),
    Kind(
        name="applause",
        recipe=one_of(
            effect(0, 126, every=5.6, key_spread=5, font=MUSESCORE),
            effect(0, 126, every=5.6, key_spread=5, font=FLUID_MONO),
            formula(people.applause),
        ),
        phrases=(
            "applause",
            "people clapping",
            "an audience applauding",
            "clapping hands",
            "a crowd applauding",
        ),
        targets=(
            "Applause",
            "Clapping",
            "Crowd",
        ),
        is_texture=True,
    ),
    Kind(
        name="laughter",
        recipe=effect(1, 126, every=2.5, key_spread=3, jitter=0.2),
        phrases=(
            "people laughing",
            "laughter",
            "a person laughing",
            "someone laughing",
        ),
        targets=(
            "Laughter",
            "Chuckle, chortle",
            "Snicker",
            "Belly laugh",
            "Giggle",
        ),
    ),
    Kind(
        name="scream",
        recipe=effect(2, 126, every=2.2, key_spread=3, jitter=0.2),
        phrases=(
            "a person screaming",
            "a scream",
            "screaming",
            "a shriek",
        ),
        targets=(
            "Screaming",
            "Shout",
            "Yell",
        ),
    ),
    Kind(
        name="footsteps",
        recipe=one_of(formula(people.footsteps), effect(5, 126, every=0.55)),
        phrases=(
            "footsteps",
            "someone walking",
            "steps on a floor",
            "a person walking",
        ),
        targets=(
            "Walk, footsteps",
            "Run",
            "Knock",
            "Thump, thud",
        ),
    ),
    Kind(
        name="whistling",
        recipe=formula(people.whistle),
        phrases=(
            "a person whistling",
            "someone whistling a tune",
            "whistling",
            "a whistled melody",
        ),
        targets=(
            "Whistling",
            "Whistle",
        ),
    ),
    Kind(
        name="church bell",
        recipe=music.instrument((14,), keys=(55, 76), tempo=(40, 70)),
        phrases=(
            "a church bell",
            "church bells",
            "a bell ringing",
            "bells tolling",
            "a large bell",
        ),
        targets=(
            "Church bell",
            "Bell",
            "Tubular bells",
            "Change ringing (campanology)",
        ),
    ),
    Kind(
        name="door slam",
        recipe=effect(3, 124, every=1.5, jitter=0.3),
        phrases=(
            "a door slamming",
            "a slammed door",
            "doors slamming",
            "a door",
        ),
        targets=(
            "Slam",
            "Door",
        ),
    ),
    Kind(
        name="gunshots",
        recipe=one_of(
            formula(people.gunshots), effect(0, 127, every=1.2, jitter=0.4, font=MUSESCORE)
        ),
        phrases=(
            "gunshots",
            "a gun firing",
            "gunfire",
            "shots from a gun",
            "pistol shots",
        ),
        targets=(
            "Gunshot, gunfire",
            "Machine gun",
            "Fusillade",
            "Explosion",
        ),
    ),
    Kind(
        name="helicopter",
        recipe=one_of(
            effect(0, 125, every=5.6, key_spread=4, font=MUSESCORE),
            effect(0, 125, every=5.6, key_spread=4, font=FLUID_MONO),
            formula(vehicles.helicopter),
        ),
        phrases=(
            "a helicopter",
            "a helicopter flying",
            "helicopter blades",
            "a helicopter hovering",
        ),
        targets=(
            "Helicopter",
            "Aircraft",
        ),
        is_texture=True,
    ),
    Kind(
        name="motorcycle",
        recipe=formula(vehicles.motorcycle),
        phrases=(
            "a motorcycle",
            "a motorbike",
            "a motorcycle engine",
            "a motorcycle revving",
        ),
        targets=(
            "Motorcycle",
            "Vehicle",
            "Engine",
            "Accelerating, revving, vroom",
        ),
        is_texture=True,
    ),
    Kind(
        name="car passing",
        recipe=effect(3, 125, every=4.0, key_spread=4),
        phrases=(
            "a car passing by",
            "cars passing",
            "a passing car",
            "traffic",
        ),
        targets=(
            "Car passing by",
            "Car",
            "Vehicle",
            "Traffic noise, roadway noise",
        ),
    ),
    Kind(
        name="tyres",
        recipe=effect(2, 125, every=2.6, key_spread=4),
        phrases=(
            "squealing tyres",
            "car tires screeching",
            "skidding tires",
            "a car braking hard",
        ),
        targets=(
            "Skidding",
            "Tire squeal",
        ),
    ),
    Kind(
        name="spaceship",
        recipe=effect(8, 125, every=5.6, key_spread=4),
        phrases=(
            "a spaceship engine",
            "a sci-fi drone",
            "a starship",
        ),
        targets=(
            "Synthesizer",
            "Sound effect",
            "Hum",
        ),
    ),
)
