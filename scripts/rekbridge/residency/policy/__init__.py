"""The data-flow document: what the variables of a deployment allow, in the words of somebody who reads contracts."""
