from crm.service import Service

service = Service()


def handler(request):
    return service.greet(request.number)
