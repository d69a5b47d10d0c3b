"""Benches: each file has measure(quick), which gives one JSON object."""

# name -> what it measures; its file has the same name
BENCHES = {
    "train": "seconds to an accuracy, and fit() beside the bare step",
    "data": "drawing the built-in set, making and augmenting batches",
    "store": "logging, reading and claiming",
    "draw": "from a drawing to its answer",
    "inside": "looking inside a network",
    "transfer": "a frozen trunk run once, Greek letters and animals by transfer",
    "latent": "pictures from a generator, directions, atlas; GAN training beside the plain loop",
    "compare": "100 runs drawn, and the Compare page over 10,000 runs",
    "mistakes": "a click in the confusion matrix and a step of the time machine, 10,000 pictures, in a browser",
    "pages": "start-up, reruns, live ticks, Start and Stop in the running app",
}
