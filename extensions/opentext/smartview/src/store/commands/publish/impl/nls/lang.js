// Languages of the texts; English is the root.
define({
  root: true,
  de: true
});
