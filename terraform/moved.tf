# The composition was this root module itself, before it became modules/rekbridge. With these, a deployment of that time keeps its resources.

moved {
  from = module.home
  to   = module.rekbridge.module.home
}

moved {
  from = module.remote
  to   = module.rekbridge.module.remote
}

moved {
  from = module.bridge
  to   = module.rekbridge.module.bridge
}

moved {
  from = module.ids_secret
  to   = module.rekbridge.module.ids_secret
}

moved {
  from = terraform_data.location
  to   = module.rekbridge.terraform_data.location
}
