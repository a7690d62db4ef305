package changes

// LagWords say why Graph may answer with values from before a change.
const LagWords = "Graph answers from copies, and one may take some minutes to catch up. If the values stay, somebody has put them back, and Graph does not say who."
